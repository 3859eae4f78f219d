#!/bin/sh
# For macOS: a double click in the Finder puts Cyclorama into GIMP and Krita.
"$(dirname -- "$0")/plug-ins" "$@"
code=$?
[ "$code" -eq 0 ] && echo "Done." || echo "That did not work (code $code); the lines above say why."
printf 'Press Return to close this window. '
read -r _ || true
exit "$code"
