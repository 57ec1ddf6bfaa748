#!/bin/sh
# Becomes one of Farga's jobs on a node of a Slurm cluster: slurm-payload.sh FOLDER SCRIPT
#
# FOLDER/run, which only the job's user may read, holds the job's environment as shell text. SCRIPT is what Slurm was given: two
# lines that call this, and then the person's script as it is.
set -u
umask 022
folder=$1
. "$folder/run" || exit 126
work=$folder/work
# Slurm's word for no GPU at all is not a number that programs understand.
[ "${CUDA_VISIBLE_DEVICES-}" != NoDevFiles ] || CUDA_VISIBLE_DEVICES=
export CUDA_VISIBLE_DEVICES="${CUDA_VISIBLE_DEVICES-}" CUDA_DEVICE_ORDER=PCI_BUS_ID
cd "$work" || exit 126
mkdir -p output tmp datasets
rm -f script .farga-disk # of a run before
(umask 077 && tail -n +3 "$2" >script && chmod 700 script && : >>.farga-metrics.jsonl) || exit 126

# Where the kernel counts what it ended for want of memory; nothing where Slurm makes no control groups.
find_events() {
  while IFS=: read -r number controllers path; do
    case ,$controllers, in
    *,memory,*) events=/sys/fs/cgroup/memory$path/memory.oom_control ;;
    ,,) [ -n "$events" ] || events=/sys/fs/cgroup$path/memory.events ;;
    esac
  done </proc/self/cgroup
  [ -r "$events" ] || events=
}

# Until it is over, or nobody needs to watch any more: Slurm waits a second for whatever it finds running after this shell.
pause() {
  sleep "$1" &
  wait $!
}
stop_watching='trap "kill \$! 2>/dev/null; exit 0" ALRM'

# The kernel ends one process, and the others may wait for it until the time limit, on the allocation's account.
watch_memory() {
  eval "$stop_watching"
  while [ -n "$events" ] && kill -0 "$job"; do
    while read -r word number; do
      [ "$word" != oom_kill ] || [ "$number" = 0 ] || kill -KILL "-$job"
    done <"$events"
    pause 1
  done
}

# Whether the job's folder holds more than it may. By this file's name Farga knows why the job failed.
is_too_large() {
  used=$(du -skx --exclude="$work/datasets" --exclude="$work/.farga-log" "$work")
  [ "${used%%[!0-9]*}" -gt $((farga_disk_mib * 1024)) ] && : >"$work/.farga-disk"
} 2>/dev/null

# A tenth of the time at most: large folders take long to count.
watch_disk() {
  eval "$stop_watching"
  while kill -0 "$job"; do
    read -r before rest </proc/uptime
    ! is_too_large || kill -KILL "-$job"
    read -r after rest </proc/uptime
    pause $((1 + 9 * (${after%.*} - ${before%.*})))
  done
}

# Through a pipe: a job that opens /dev/stderr anew would begin its log anew, were that a file. Whoever copies stays until all
# is written, also when Slurm asks everyone to end.
pipe=$folder/work/.farga-pipe
rm -f "$pipe"
mkfifo -m 600 "$pipe" || exit 126
exec 3<>"$pipe" 4<"$pipe" 5>"$pipe" 3>&-
rm -f "$pipe"
# Until the log is as long as it may be: what follows is read and dropped, and the job goes on.
copy_log() {
  (ulimit -f $((farga_log_mib * 2048)) && exec cat) 2>/dev/null && return 0
  printf '\n[farga: the log is cut here, at %s MiB; the job goes on]\n' "$farga_log_mib"
  exec cat >/dev/null
}
(trap '' TERM INT HUP && exec <&4 4<&- 5>&- && copy_log) &
copier=$!

# Slurm tells only this shell that the job shall end.
for signal in TERM INT HUP USR1 USR2; do
  # shellcheck disable=SC2064
  trap "kill -s $signal -- \"-\$job\" 2>/dev/null" $signal
done
(
  ulimit -f $((farga_disk_mib * 2048)) 2>/dev/null # one file may not be larger than all together
  exec setsid "$work/script"
) >&5 2>&5 4<&- 5>&- &
job=$!
exec 4<&- 5>&-
events=
find_events
(exec >/dev/null 2>&1 && watch_memory) &
watchers=$!
(exec >/dev/null 2>&1 && watch_disk) &
watchers="$watchers $!"
code=0
while :; do
  wait "$job"
  code=$?
  kill -0 "$job" 2>/dev/null || break
done
# shellcheck disable=SC2086
kill -s ALRM $watchers 2>/dev/null
case $code in
0) ;;
153) : >"$work/.farga-disk" ;; # ended by SIGXFSZ
*) is_too_large ;;
esac
# What is in the pipe, but not for ever: a daemon may hold it open, until Slurm ends it with this shell.
tries=0
while [ -e "/proc/$copier/fd/0" ] && [ $tries -lt 20 ]; do
  tries=$((tries + 1))
  sleep 0.05
done
exit "$code"
