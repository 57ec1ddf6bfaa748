#!/bin/sh
# Becomes one job of Farga's local scheduler, and notes how it ended. Started by job-runner.sh.
#
#   job-payload.sh outside FOLDER  waits for the job and notes its exit code and CPU time
#   job-payload.sh inside FOLDER   first process of the job's namespaces: mounts, then the job
#
# FOLDER/run holds this job's settings as shell text.
set -u
umask 022
folder=$2
. "$folder/run"
work=$folder/work
groups=$(cat "$folder/groups")

# Replaces this shell by the job. In a session of its own, because "kill 0" is common in scripts; with every signal as a
# new process finds it, because a shell's background processes ignore some.
become_job() {
  cd "$work" || exit 126
  for one in $groups; do echo 0 >"$one/cgroup.procs" || exit 126; done
  signals=
  env --default-signal true 2>/dev/null && signals=--default-signal
  set -- setpriv --no-new-privs
  if [ -n "$user" ]; then
    set -- "$@" --inh-caps=-all --bounding-set=-all --reuid "$user" --regid "$user" --clear-groups
  elif [ "$isolation" = NAMESPACES ]; then
    # Back from the namespace's root to the person who runs Farga, without any capability.
    set -- unshare --user --map-user="$outer_user" --map-group="$outer_group" -- \
      "$@" --inh-caps=-all --bounding-set=-all
  fi
  # A brake for what grows faster than the supervisor looks; above the limit, so that it sees that it was too much.
  [ -z "$own_user" ] || set -- prlimit --nproc="$((tasks * 4)):$((tasks * 4))" -- "$@"
  echo 500 >/proc/self/oom_score_adj # should the machine run out of memory, jobs go before Farga and its database
  with_job exec setsid taskset -c "$cpus" prlimit --fsize="$disk_bytes:$disk_bytes" --core=0:0 -- "$@" -- env $signals
}

# Gives up before the job began. The supervisor looks for this file.
cannot() {
  echo "farga: $1"
  : >"$folder/unprepared"
  exit 126
}

# Where Farga is not root, flags that the file system is mounted with must be repeated.
read_only() {
  for more in '' ,noexec ,noatime ,noexec,noatime; do
    mount -o "remount,bind,ro,nosuid,nodev$more" "$1" 2>/dev/null && return 0
  done
  return 1
}

mount_dataset() { # name source
  mount --bind "$2" "$work/datasets/$1" && read_only "$work/datasets/$1" || cannot "dataset $1 cannot be mounted"
}

# Lays a folder over another and lets only what the job needs show through it.
cover() { # path kind
  [ -e "$1" ] || return 0
  if [ ! -d "$1" ]; then
    mount --bind /dev/null "$1" || cannot "$1 cannot be hidden"
    return 0
  fi
  covered=$1
  covers=$((covers + 1))
  stage=$folder/stage/$covers
  mkdir -p "$stage"
  case $2 in
    temporary) mount --bind "$work/tmp" "$stage" ;;
    shared) mount -t tmpfs -o "mode=1777,nosuid,nodev,size=$((memory_kib / 2))k" farga "$stage" ;;
    *) mount -t tmpfs -o mode=755,nosuid,nodev,size=1m farga "$stage" ;;
  esac || cannot "$1 cannot be hidden"
  each_shown show
  [ "$2" != hidden ] || read_only "$stage" || cannot "$1 cannot be hidden"
  mount --rbind "$stage" "$covered" || cannot "$1 cannot be hidden"
}

show() { # path
  case $1/ in
    "$covered"/*) ;;
    *) return 0 ;;
  esac
  target=$stage${1#"$covered"}
  if [ -d "$1" ]; then mkdir -p "$target"; else mkdir -p "${target%/*}" && : >>"$target"; fi
  mount --rbind "$1" "$target" || cannot "$1 cannot be shown"
}

inside() {
  read -r init rest </proc/self/stat # still the outer /proc: the number the supervisor knows this shell by
  echo "$init" >"$folder/init.tmp" && mv "$folder/init.tmp" "$folder/init" || cannot 'no first process'
  mount -t proc -o nosuid,nodev,noexec proc /proc || cannot '/proc cannot be mounted'
  each_dataset mount_dataset
  covers=0
  each_cover cover # the last one hides FOLDER itself
  (become_job) &
  wait $!
  exit $?
}

# Dies with the supervisor, and the job with it: an unsupervised job would know no limits.
outside() {
  outer_user=$(id -u) outer_group=$(id -g)
  export outer_user outer_group
  if [ "$isolation" = NAMESPACES ]; then
    [ "$outer_user" = 0 ] && own= || own='--user --map-root-user'
    setpriv --pdeathsig KILL unshare $own --mount --pid --ipc --fork --kill-child -- sh "$0" inside "$folder"
  else
    (become_job)
  fi
  code=$?
  read -r ended_up rest </proc/uptime
  times >"$folder/times"
  echo "$code $ended_up" >"$folder/result.tmp" && mv "$folder/result.tmp" "$folder/result"
  kill -USR1 "$supervisor"
}

"$1"
