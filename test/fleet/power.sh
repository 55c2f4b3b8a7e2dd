# The mains of a host: switches it on, and on again whenever it asks for a reboot. Ends when the host has switched itself off.
# Arguments: CGROUP, CARD and SWITCH (network namespaces), CABLE (in SWITCH), OFF (a file: for how long a reboot keeps the
# host off, in seconds), then those of init.sh. Working directory: the base. It is in the host's cgroup, so a power cut ends it.
cgroup=$1 card=$2 switch=$3 cable=$4 off=$5
shift 5
init=${0%/*}/init.sh
echo $$ > "$cgroup/cgroup.procs"

# The clock, the modules and the log of the kernel are this machine's, not the host's.
drop=-sys_module,-sys_time,-sys_rawio,-syslog,-mac_admin,-mac_override,-audit_control,-wake_alarm,-block_suspend

while ip -n "$switch" link set "$cable" up; do
  nsenter --net="/run/netns/$card" unshare -m -p -u -i -C --fork --kill-child=KILL \
    setpriv --bounding-set="$drop" --inh-caps="$drop" -- sh "$init" "$@"
  ended=$?
  ip -n "$switch" link set "$cable" down
  # A host that asks the kernel to reboot is ended by SIGHUP; one that asks to be switched off, by SIGINT (pid_namespaces(7)).
  [ "$ended" = 129 ] || exit
  find "$cgroup" -mindepth 1 -depth -type d -exec rmdir {} +
  sleep "$(cat "$off")"
done
