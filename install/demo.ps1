# Makes an environment beside this checkout and runs the main job: a photo into layers and a new background.
#   .\install\demo.ps1 [PHOTO] [-o DIR]
# Needs Python 3.10-3.13. No torch, no GPU; the network is needed once, for the package index.
param([string]$Photo = "", [Alias("o")][string]$Output = "cyclorama-demo")
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
$arguments = @("$root\install\demo.py", "--environment", "$root\.venv-demo", "--output", $Output)
if ($Photo -ne "") { $arguments += @("--photo", $Photo) }
& $python[0] @rest @arguments
exit $LASTEXITCODE
