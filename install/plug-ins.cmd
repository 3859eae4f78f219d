@echo off
rem For Windows: a double click puts Cyclorama into GIMP and Krita.
powershell -NoProfile -ExecutionPolicy Bypass -File "%~dp0plug-ins.ps1" %*
set code=%ERRORLEVEL%
pause
exit /b %code%
