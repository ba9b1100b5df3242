#!/bin/sh
# A Claude CLI that does whatever it is told: the prompt is a shell script, its output plain text.
exec sh -c "$(cat)"
