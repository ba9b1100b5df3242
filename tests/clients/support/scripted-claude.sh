#!/bin/sh
# A scripted Claude CLI: the prompt says how it behaves. An unknown prompt is printed back as it is.

delta() {
  printf '{"type":"stream_event","event":{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"%s"}},"parent_tool_use_id":null}\n' "$1"
}

thinking() {
  printf '{"type":"stream_event","event":{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"%s"}},"parent_tool_use_id":null}\n' "$1"
}

sub_agent() {
  printf '{"type":"stream_event","event":{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"%s"}},"parent_tool_use_id":"toolu_1"}\n' "$1"
}

opening() {
  echo '{"type":"system","subtype":"init","session_id":"s","model":"claude-opus-4-8"}'
  echo '{"type":"stream_event","event":{"type":"message_start","message":{"id":"msg_1","model":"claude-opus-4-8"}},"parent_tool_use_id":null}'
}

closing() {
  printf '{"type":"assistant","message":{"id":"msg_1","model":"claude-opus-4-8","content":[{"type":"text","text":"%s"}]},"parent_tool_use_id":null}\n' "$1"
  echo '{"type":"stream_event","event":{"type":"message_stop"},"parent_tool_use_id":null}'
  printf '{"type":"result","subtype":"success","is_error":false,"result":"%s","stop_reason":"end_turn","usage":{"input_tokens":0,"output_tokens":0},"modelUsage":{"claude-opus-4-8[1m]":{"inputTokens":11,"outputTokens":6}},"a_new_field":{}}\n' "$1"
}

api_error() {
  printf '{"type":"result","subtype":"success","is_error":true,"result":"%s","stop_reason":null,"usage":{"input_tokens":0,"output_tokens":0},"modelUsage":{}}\n' "$1"
}

file=$(mktemp)
trap 'rm -f "$file"' EXIT
cat > "$file"
size=$(wc -c < "$file")
if [ "$size" -gt 1000 ]; then
  printf '%s bytes\n' "$size"
  exit 0
fi
prompt=$(cat "$file")

case "$prompt" in
  hello)
    opening
    for part in Hello ' from' ' the ' 'mock ' 'API.'; do delta "$part"; done
    closing 'Hello from the mock API.' ;;
  'hello slowly')
    opening
    for part in Hello ' from' ' the ' 'mock ' 'API.'; do delta "$part"; sleep 0.1; done
    closing 'Hello from the mock API.' ;;
  'think and delegate')
    opening
    thinking 'a secret thought'
    sub_agent 'a word of a sub-agent'
    delta 'Only this.'
    echo '{"type":"a_line_of_tomorrow","text":"unknown"}'
    closing 'Only this.' ;;
  'many chunks')
    opening
    i=0
    while [ "$i" -lt 2000 ]; do delta "$i,"; i=$((i + 1)); done
    closing 'many' ;;
  plain)
    printf 'two\n'
    sleep 0.1
    printf 'lines, \303\251\n' ;;
  'warn and succeed')
    echo 'only a warning' >&2
    opening; delta 'Fine.'; closing 'Fine.' ;;
  'not UTF-8')
    printf 'before \377\376 after\n'
    printf 'stderr \377\n' >&2 ;;
  'exit 3')
    printf 'some output\n'
    echo 'the disk is full' >&2
    exit 3 ;;
  'exit 3 silently') exit 3 ;;
  'API error, exit 1')
    opening; api_error 'API Error: overloaded'
    exit 1 ;;
  'API error, exit 0')
    opening; api_error 'API Error: overloaded' ;;
  sleep)
    opening; delta 'Started.'
    sleep 60 ;;
  'sleep silently') sleep 60 ;;
  'ignore SIGTERM')
    trap '' TERM
    opening; delta 'Started.'
    while :; do sleep 1; done ;;
  'fork and sleep')
    sleep 60 &
    opening; delta "$!"
    wait ;;
  'fork and leave')
    sleep 60 &
    opening; delta "$!"; closing "$!" ;;
  'fork away and leave')
    away=$(mktemp -u)
    setsid sh -c 'touch "$1"; exec sleep 30' away "$away" &
    until [ -e "$away" ]; do sleep 0.01; done
    rm "$away"
    opening; delta "$!"; closing "$!" ;;
  'report yourself')
    printf 'directory: %s\n' "$(pwd)"
    for argument in "$@"; do printf 'argument: %s\n' "$argument"; done
    env | sed 's/^/variable: /'
    next=
    for argument in "$@"; do
      case "$argument" in --system-prompt-file=*) next=${argument#*=} ;; esac
      if [ "$next" = yes ]; then next=$argument; fi
      if [ "$argument" = --system-prompt-file ]; then next=yes; fi
    done
    if [ -n "$next" ]; then
      printf 'system prompt file: %s\n' "$next"
      printf 'system prompt mode: %s\n' "$(stat -c %a "$next")"
      printf 'system prompt: %s\n' "$(cat "$next")"
    fi ;;
  *) printf '%s' "$prompt" ;;
esac
