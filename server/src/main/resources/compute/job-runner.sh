#!/bin/sh
# Looks after one job of Farga's local scheduler from start to end, whether Farga is up or not.
#
#   job-runner.sh run FOLDER    supervise: Farga starts this in a session of its own
#   job-runner.sh sweep FOLDER  ends what is left of a job whose supervisor died
#
# FOLDER/run holds this job's settings as shell text. Needs a POSIX sh, coreutils, util-linux, grep, sed and awk.
set -u
umask 077
folder=$2
. "$folder/run"
work=$folder/work

# --- control groups: limits the kernel keeps, where it lets us ---------------------------------------------------------

put() { echo "$1" >"$2"; } 2>/dev/null

# Sets groups to the folders a job's processes must join, the first one counting memory; empty where there are none.
make_groups() {
  fs=/sys/fs/cgroup
  [ -n "$group" ] || return 0
  if [ -e $fs/cgroup.controllers ]; then
    groups=$fs/farga/$group
    mkdir -p $fs/farga
    for one in $fs $fs/farga; do put '+memory +pids' $one/cgroup.subtree_control; done
    for one in $fs $fs/farga; do put +cpuset $one/cgroup.subtree_control; done
    rmdir "$groups"
    mkdir "$groups" && put $((memory_kib * 1024)) "$groups/memory.max" && put "$tasks" "$groups/pids.max" || drop_groups
    [ -n "$groups" ] || return 0
    put 0 "$groups/memory.swap.max"
    put 1 "$groups/memory.oom.group"
    put "$cpus" "$groups/cpuset.cpus"
    oom_file=$groups/memory.events forks_file=$groups/pids.events cpu_file=$groups/cpu.stat
  elif [ -e $fs/memory/cgroup.procs ] && [ -e $fs/pids/cgroup.procs ]; then
    groups="$fs/memory/farga/$group $fs/pids/farga/$group"
    rmdir $groups
    mkdir -p $groups && put $((memory_kib * 1024)) "${groups% *}/memory.limit_in_bytes" &&
      put "$tasks" "${groups#* }/pids.max" || drop_groups
    [ -n "$groups" ] || return 0
    put $((memory_kib * 1024)) "${groups% *}/memory.memsw.limit_in_bytes"
    oom_file=${groups% *}/memory.oom_control forks_file=${groups#* }/pids.events
    add_group cpuacct && cpu_file=$fs/cpuacct/farga/$group/cpuacct.usage
    mkdir -p $fs/cpuset/farga
    for file in cpuset.cpus cpuset.mems; do put "$(cat $fs/cpuset/$file)" $fs/cpuset/farga/$file; done
    if put "$(cat $fs/cpuset/cpuset.mems)" $fs/cpuset/farga/cpuset.mems && add_group cpuset; then
      one=$fs/cpuset/farga/$group
      put "$(cat $fs/cpuset/cpuset.mems)" "$one/cpuset.mems" && put "$cpus" "$one/cpuset.cpus" || drop_last
    fi
  fi
} 2>/dev/null

add_group() {
  [ -e "$fs/$1/cgroup.procs" ] || return 1
  rmdir "$fs/$1/farga/$group"
  mkdir -p "$fs/$1/farga/$group" && groups="$groups $fs/$1/farga/$group"
} 2>/dev/null

drop_last() {
  rmdir "${groups##* }"
  groups=${groups% *}
}

drop_groups() {
  for one in $groups; do rmdir "$one"; done 2>/dev/null
  groups=
}

# Whether the kernel counted such an event: "oom_kill" in the memory group, "max" (a refused fork) in the other.
counted() { # event file
  [ -n "$groups" ] || return 1
  while read -r word number; do
    [ "$word" = "$1" ] && [ "$number" -gt 0 ] && return 0
  done <"$2"
  return 1
} 2>/dev/null

# --- the job's processes ----------------------------------------------------------------------------------------------

# Sets tasks_now, kib (memory not shared with files) and pids. /proc/PID/status is read, not stat: only there can a
# process not forge lines through its own name.
find_processes() {
  files='/proc/[0-9]*/status' anchor= roots= everyone=
  if [ -n "$groups" ]; then
    files= roots=$(tr '\n' ' ' <"${groups%% *}/cgroup.procs")
    for one in $roots; do files="$files /proc/$one/status"; done
  elif [ "$isolation" = NAMESPACES ] && [ -n "$payload" ]; then
    [ ! -e "$folder/init" ] || read -r anchor <"$folder/init"
  else
    # A daemon leaves the tree, but keeps the mark in its environment, and the user where the job has its own.
    anchor=$payload everyone=$own_user
    roots=$(grep -lszxF "FARGA_JOB_FOLDER=$folder" /proc/[0-9]*/environ | sed 's/[^0-9]//g' | tr '\n' ' ')
  fi
  found=$(cat $files </dev/null 2>/dev/null | awk -v roots="$roots" -v anchor="$anchor" -v user="$everyone" '
    BEGIN { for (n = split(roots, r); n; n--) member[r[n]] = 1; if (anchor) member[anchor] = 1 }
    $1 == "State:" { state = $2 }
    $1 == "Tgid:" { pid = $2; states[pid] = state }
    $1 == "PPid:" { parent[pid] = $2 }
    $1 == "Uid:" && user != "" && $2 == user { member[pid] = 1 }
    $1 == "RssAnon:" || $1 == "RssShmem:" { rss[pid] += $2 }
    $1 == "Threads:" { threads[pid] = $2 }
    END {
      do {
        grew = 0
        for (p in parent) if (!(p in member) && parent[p] in member) { member[p] = 1; grew = 1 }
      } while (grew)
      for (p in parent) if (p in member && p != anchor) {
        tasks += threads[p]
        kib += rss[p]
        if (states[p] != "Z") list = list " " p
      }
      printf "%d %d%s\n", tasks, kib, list
    }')
  tasks_now=${found%% *}
  found="${found#* } "
  kib=${found%% *}
  pids=${found#* }
  [ "$tasks_now" -le "$most_tasks" ] || most_tasks=$tasks_now
}

# Ends them all. Stopping first keeps a fork bomb from outrunning the kill; the kernel ends a namespace with its first
# process.
kill_processes() {
  if [ "$isolation" = NAMESPACES ] && [ -n "$payload" ] && [ -e "$folder/init" ]; then
    read -r init <"$folder/init" && kill -KILL "$init"
  fi
  rounds=0
  while find_processes && [ -n "${pids# }" ] && [ $rounds -lt 400 ]; do
    kill -STOP $pids
    kill -KILL $pids
    rounds=$((rounds + 1))
    [ $rounds -lt 5 ] || sleep 0.05
  done
} 2>/dev/null

# --- before -----------------------------------------------------------------------------------------------------------

prepare() {
  mkdir "$work" "$work/output" "$work/tmp" "$work/datasets" "$folder/stage" && chmod 755 "$work/datasets" &&
    cp "$folder/script" "$work/script" && chmod 555 "$work/script" &&
    : >"$folder/metrics.jsonl" && mkfifo -m 600 "$folder/pipe" && each_dataset prepare_dataset || return 1
  [ -n "$user" ] || return 0
  # The pipe too: a script that writes to /dev/stderr opens it again.
  chown "$user:$user" "$work" "$work/output" "$work/tmp" "$folder/metrics.jsonl" "$folder/pipe" || return 1
  # In a namespace the job is shown what it needs of this folder; here it must walk through it, and only it may.
  [ "$isolation" = NAMESPACES ] || { chgrp "$user" "$folder" && chmod 710 "$folder"; }
}

# Without namespaces a dataset is copied (sharing blocks where the file system can), so that no job can harm it.
prepare_dataset() { # name source
  if [ "$isolation" = NAMESPACES ]; then
    mkdir "$work/datasets/$1"
  else
    copy=$folder/datasets/$1
    mkdir -p "$copy" && cp -RP --reflink=auto "$2/." "$copy" && chmod 755 "$folder/datasets" &&
      chmod -R a-w,a+rX "$copy" && ln -s "$copy" "$work/datasets/$1"
  fi && return 0
  echo "farga: dataset $1 cannot be prepared"
  exit 1
}

# Copies the job's words as they come, until the kernel stops it at the limit; what follows is read and dropped, so that
# the job goes on.
copy_log() {
  prlimit --fsize="$log_bytes:$log_bytes" -- cat 2>/dev/null && return 0
  printf '\n[farga: the log is cut here, at %s bytes; the job goes on]\n' "$log_bytes"
  cat >/dev/null
}

# --- while it runs ----------------------------------------------------------------------------------------------------

# Sets now: milliseconds since the machine started, so that a changed clock neither shortens nor lengthens a job.
uptime_ms() {
  read -r up rest </proc/uptime
  milliseconds "$up"
  now=$ms
}
milliseconds() { # seconds with two decimals
  ms=$((${1%.*} * 1000 + 1${1#*.} * 10 - 1000))
}

# Sets used_kib by a du in the background, a tenth of the time at most: large folders take long to count.
watch_disk() {
  if [ -n "$du" ]; then
    kill -0 "$du" 2>/dev/null && return 0
    read_disk
    milliseconds "$up"
    du_next=$((now + 1000 + 9 * (ms - du_began))) du=
  elif [ "$now" -ge "$du_next" ]; then
    du_began=$now
    count_disk &
    du=$!
  fi
}
count_disk() {
  du -skxc "$work" "$folder/metrics.jsonl" 2>/dev/null | tail -n 1 | cat - /proc/uptime >"$folder/disk"
}
read_disk() {
  { read -r used_kib rest && read -r up rest; } <"$folder/disk" || used_kib=0 up=0.00
}

# Sets cpu, milliseconds of all the job's processes; without a control group it is known at the end only.
count_cpu() {
  case $cpu_file in
    '') [ ! -e "$folder/times" ] || cpu=$(tr 'ms' '  ' <"$folder/times" |
      awk 'NR == 2 { printf "%d", ($1 * 60 + $2 + $3 * 60 + $4) * 1000 }') ;;
    */cpu.stat) while read -r word number; do [ "$word" != usage_usec ] || cpu=$((number / 1000)); done <"$cpu_file" ;;
    *) read -r number <"$cpu_file" && cpu=$((number / 1000000)) ;;
  esac
}

measure() {
  uptime_ms
  elapsed=$((now - started_up))
  find_processes
  [ "$kib" -le "$peak" ] || peak=$kib
  count_cpu
  watch_disk
  printf 'elapsed=%s\ncpu=%s\npeak=%s\n' "$elapsed" "$cpu" "$peak" >"$folder/heartbeat.tmp"
  mv "$folder/heartbeat.tmp" "$folder/heartbeat"
}

# Sets state and reason when the job must end now.
judge() {
  if [ -e "$folder/cancel" ]; then
    state=CANCELLED reason=Cancelled
  elif [ "$elapsed" -ge "$limit_ms" ]; then
    state=TIMEOUT reason=TimeLimit
  elif [ "$kib" -gt "$memory_kib" ] || counted oom_kill "$oom_file"; then
    state=OUT_OF_MEMORY reason=OutOfMemory
  elif [ "$most_tasks" -ge "$tasks" ] || counted max "$forks_file"; then
    state=FAILED reason=TooManyProcesses
  elif [ "$used_kib" -gt $((disk_bytes / 1024)) ]; then
    state=FAILED reason=DiskQuotaExceeded
  fi
}

# A job at its time limit, or cancelled, is asked first; one that harms the machine is not.
end_job() {
  case $state in
    CANCELLED | TIMEOUT)
      [ -n "$ending_at" ] || ending_at=$now
      ask
      [ $((now - ending_at)) -lt "$grace_ms" ] || kill_processes
      ;;
    *) kill_processes ;;
  esac
}

# All processes at once, or a shell would go on to its next line when the program it waits for is ended first.
ask() {
  [ -z "$asked" ] && find_processes && [ -n "${pids# }" ] || return 0
  asked=yes
  for signal in STOP TERM CONT; do kill -$signal $pids; done 2>/dev/null
}

# --- after ------------------------------------------------------------------------------------------------------------

judge_end() {
  if [ -e "$folder/unprepared" ]; then
    state=FAILED reason=JobLaunchFailure
  elif counted oom_kill "$oom_file"; then
    state=OUT_OF_MEMORY reason=OutOfMemory
  elif [ "$code" = 0 ]; then
    state=COMPLETED reason=None
  else
    state=FAILED reason=NonZeroExitCode
    count_disk
    read_disk
    if [ "$code" = 153 ] || [ "$used_kib" -gt $((disk_bytes / 1024)) ]; then
      reason=DiskQuotaExceeded # 153: ended by SIGXFSZ, one file was larger than all may be
    elif [ "$most_tasks" -ge "$tasks" ] || counted max "$forks_file"; then
      reason=TooManyProcesses
    fi
  fi
}

# The job is over: nothing of it may stay, and its log must be whole before its end is known.
conclude() {
  code=137
  uptime_ms
  if [ -e "$folder/result" ]; then
    read -r code up <"$folder/result"
    milliseconds "$up"
    now=$ms
  fi
  elapsed=$((now - started_up))
  payload=
  kill_processes
  count_cpu
  [ -n "$state" ] || judge_end
  waited=0
  while kill -0 "$logger" 2>/dev/null && [ $waited -lt 50 ]; do
    waited=$((waited + 1))
    sleep 0.1 &
    wait $!
  done
  kill "$logger" 2>/dev/null
  drop_groups
  [ "$isolation" = NAMESPACES ] || rm -rf "$folder/datasets"
  rm -rf "$folder/pipe" "$folder/stage" "$work/tmp"
  finish
}

# On a full disk it stays until it can say how the job ended.
finish() {
  until [ -e "$folder/end" ]; do
    printf 'state=%s\nreason=%s\ncode=%s\nendedAt=%s\ncpu=%s\npeak=%s\n' "$state" "$reason" "$code" \
      $((started_at + elapsed)) "$cpu" "$peak" >"$folder/end.tmp" && publish end || sleep 2
  done
  exit 0
}

# --- the two ways to call this ----------------------------------------------------------------------------------------

# Makes FOLDER/$1 of FOLDER/$1.tmp, once and durably; fails when it is there already.
publish() {
  sync "$folder/$1.tmp"
  ln "$folder/$1.tmp" "$folder/$1" 2>/dev/null || return 1
  rm "$folder/$1.tmp"
  sync "$folder"
}

run() {
  trap : USR1 TERM
  trap '' HUP
  uptime_ms
  started_up=$now
  started_at=$(date +%s%3N)
  stat=$(cat /proc/$$/stat)
  set -- ${stat##*) }
  shift 19
  printf 'startedAt=%s\npid=%s\nticks=%s\nboot=%s\n' "$started_at" $$ "$1" \
    "$(cat /proc/sys/kernel/random/boot_id)" >"$folder/start.tmp"
  publish start || exit 0 # Farga gave this start up for lost: it must not happen any more
  if ! (prepare) >>"$folder/log.txt" 2>&1; then
    state=FAILED reason=JobLaunchFailure
    finish
  fi
  if [ -e "$folder/cancel" ]; then
    state=CANCELLED reason=Cancelled
    finish
  fi
  make_groups
  echo "$groups" >"$folder/groups"
  [ -n "$groups" ] && tick=1 || tick=0.5

  copy_log <"$folder/pipe" >>"$folder/log.txt" &
  logger=$!
  supervisor=$$
  export supervisor
  setpriv --pdeathsig KILL sh "${0%/*}/job-payload.sh" outside "$folder" </dev/null >"$folder/pipe" 2>&1 &
  payload=$!
  while [ ! -e "$folder/result" ] && kill -0 $payload 2>/dev/null; do
    measure
    [ -n "$state" ] || judge
    [ -z "$state" ] || end_job
    sleep "$tick" &
    wait $!
  done
  conclude
}

sweep() {
  groups=$(cat "$folder/groups" 2>/dev/null)
  kill_processes
  drop_groups
}

groups= oom_file= forks_file= cpu_file= payload= logger=
state= reason= code= cpu= peak=0 elapsed=0 ending_at= asked= tasks_now=0 most_tasks=0 kib=0 pids= used_kib=0 du= du_next=0 du_began=0
"$1"
