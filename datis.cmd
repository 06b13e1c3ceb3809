@echo off
rem Starts Datis with the Node 26 that comes with the dependencies.
setlocal
set "here=%~dp0"
if not exist "%here%node_modules\.bin\node.cmd" (
  echo datis: dependencies are not installed yet. Run: npm ci --include=optional 1>&2
  exit /b 1
)
if not defined NODE_COMPILE_CACHE set "NODE_COMPILE_CACHE=%here%.cache\compile"
call "%here%node_modules\.bin\node.cmd" --max-semi-space-size=2 --max-old-space-size=1024 "%here%src\cli\main.ts" %*
exit /b %errorlevel%
