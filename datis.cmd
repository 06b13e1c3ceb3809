@echo off
rem Starts Datis with the Node 26 that comes with the dependencies.
setlocal
set "here=%~dp0"
rem The link in .bin is not always there: docs/decisions/0001-node-26-from-dependencies.md.
set "node="
for /d %%d in ("%here%node_modules\node-win-*") do if exist "%%d\bin\node.exe" set "node=%%d\bin\node.exe"
if not defined node (
  echo datis: dependencies are not installed yet. Run: npm ci --include=optional 1>&2
  exit /b 1
)
if not defined NODE_COMPILE_CACHE set "NODE_COMPILE_CACHE=%here%.cache\compile"
"%node%" --max-semi-space-size=2 --max-old-space-size=1024 "%here%src\cli\main.ts" %*
exit /b %errorlevel%
