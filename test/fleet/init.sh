# First process of a host, in fresh namespaces: makes the root file system, moves into it and becomes init.
# Arguments: NAME, MODE (systemd or light), DISK (a folder with upper/, work/ and root/). Working directory: the base.
set -e
umask 022
name=$1 mode=$2 disk=$3

hostname "$name"
mount --make-rprivate /
# `.` rather than the base's path: a path may hold characters that the options of mount(8) reserve.
mount -t overlay "$name" "$disk/root" -o "lowerdir=.,upperdir=$disk/upper,workdir=$disk/work"
cd "$disk/root"

mount -t proc proc proc -o nosuid,nodev,noexec
mount -t sysfs sysfs sys -o ro,nosuid,nodev,noexec
mount -t cgroup2 cgroup2 sys/fs/cgroup -o nosuid,nodev,noexec
mount -t tmpfs dev dev -o mode=755,nosuid,size=1m
mkdir dev/pts dev/shm
mount -t devpts devpts dev/pts -o newinstance,ptmxmode=0666,mode=620,gid=5
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
  number=${node#*:}
  mknod -m 666 "dev/${node%%:*}" c "${number%:*}" "${number#*:}"
done
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs shm dev/shm -o mode=1777,nosuid,nodev,size=128m
mount -t tmpfs run run -o mode=755,nosuid,nodev,size=128m
mount -t tmpfs tmp tmp -o mode=1777,nosuid,nodev,size=128m

# The kernel has one boot id for all; a host gets a new one each time it is started.
cat /proc/sys/kernel/random/uuid > run/boot_id
chmod 444 run/boot_id
mount --bind proc/sys proc/sys
mount --bind proc/sys/net proc/sys/net
mount --bind run/boot_id proc/sys/kernel/random/boot_id
mount -o remount,bind,ro,nosuid,nodev,noexec proc/sys
for file in proc/sysrq-trigger proc/kcore; do
  if [ -e "$file" ]; then mount --bind dev/null "$file"; fi
done

mkdir run/machine
pivot_root . run/machine
umount -l run/machine
rmdir run/machine

set -- env -i container=muster PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=linux LANG=C.UTF-8
case $mode in
  systemd) exec "$@" /lib/systemd/systemd --system < /dev/null ;;
  # BusyBox's reboot and poweroff ask init with these signals; systemd's are told to do it themselves (disk.ts).
  light) exec "$@" sh -c "trap 'reboot -f' TERM; trap 'poweroff -f' USR2
    setsid /usr/local/sbin/ssh-server & while :; do sleep 1000000 & wait \$!; done" init < /dev/null ;;
esac
