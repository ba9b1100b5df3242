#!/bin/sh
# A Claude CLI that misbehaves on demand, made of the shell's own commands to be cheap to start.

delta() {
  printf '{"type":"stream_event","event":{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"%s"}},"parent_tool_use_id":null}\n' "$1"
}

opening() {
  echo '{"type":"stream_event","event":{"type":"message_start","message":{"id":"msg_1"}},"parent_tool_use_id":null}'
}

closing() {
  echo '{"type":"stream_event","event":{"type":"message_stop"},"parent_tool_use_id":null}'
  echo '{"type":"result","subtype":"success","is_error":false,"result":"","stop_reason":"end_turn"}'
}

read -r behaviour
case "$behaviour" in
  fast) opening; delta one; delta two; delta three; closing ;;
  slow)
    opening
    for part in one two three four five; do delta "$part"; sleep 0.05; done
    closing ;;
  fail) opening; delta one; echo 'the disk is full' >&2; exit 3 ;;
  'fail silently') exit 3 ;;
  break-off) opening; delta one ;;
  hang) opening; delta one; exec sleep 600 ;;
  resist)
    trap '' TERM
    opening; delta one
    while :; do sleep 1; done ;;
  fork) sleep 600 & opening; delta one; closing ;;
  'fork and hang') sleep 600 & opening; delta one; wait ;;
  flood)
    text=0123456789abcdef
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do text=$text$text; done
    printf '%s' "$text" ;;
  invalid) printf 'before \377\376\303'; printf ' after \360\237' ;;
  silence) ;;
esac
