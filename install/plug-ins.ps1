# Puts Cyclorama into GIMP and Krita (Windows); this folder may be deleted afterwards.
#   .\install\plug-ins.ps1 [gimp] [krita] [--uninstall]
# Needs Python 3.10-3.13. The network is needed once, for the package index.
$ErrorActionPreference = "Stop"
$root = Split-Path -Parent $PSScriptRoot
$python = $null
foreach ($candidate in @(@("py", "-3.13"), @("py", "-3.12"), @("py", "-3.11"), @("py", "-3.10"), @("python"))) {
    if (-not (Get-Command $candidate[0] -ErrorAction SilentlyContinue)) { continue }
    $rest = @($candidate | Select-Object -Skip 1)
    & $candidate[0] @rest -c "import sys, venv; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))" 2>$null
    if ($LASTEXITCODE -eq 0) { $python = $candidate; break }
}
if ($null -eq $python) { Write-Error "No Python 3.10-3.13 was found. Install one from python.org."; exit 1 }
$rest = @($python | Select-Object -Skip 1)
& $python[0] @rest "$root\install\plug_ins.py" @args
exit $LASTEXITCODE
