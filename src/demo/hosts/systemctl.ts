/** Where unit files lie, and where the state of units is kept. */
export const UNIT_FILES = '/etc/systemd/system'
export const UNIT_STATES = '/run/systemd/demo'

/**
 * `systemctl` of a demo host, in whose sandbox no systemd can run. It keeps in files which unit is active, and answers as
 * systemctl(1) does to what `systemd.service`, the facts and a person at a shell ask. A unit runs nothing.
 */
export const SYSTEMCTL = `#!/bin/sh
# The demo's hosts run no systemd: this keeps in files what their units are, and answers as systemctl(1) does.
files=${UNIT_FILES} states=${UNIT_STATES} wants=${UNIT_FILES}/multi-user.target.wants
now= quiet= value= properties=Id,Names,LoadState,ActiveState,SubState,UnitFileState,Description,NeedDaemonReload
verb= names=

describe() { # NAME: sets what is known of a unit
  id=$1 load=not-found active=inactive sub=dead file= text=$1
  if [ -L "$files/$id" ]; then load=masked file=masked
  elif [ -f "$files/$id" ]; then
    load=loaded file=static
    while IFS= read -r line; do
      case $line in Description=*) text=\${line#*=};; '[Install]') file=disabled;; esac
    done < "$files/$id"
    [ ! -e "$wants/$id" ] || file=enabled
  fi
  [ ! -f "$states/$id" ] || read -r active < "$states/$id"
  case $active-$id in active-*.timer) sub=waiting;; active-*) sub=running;; failed-*) sub=failed;; esac
}
all() { for each in "$files"/*.*; do [ ! -f "$each" ] && [ ! -L "$each" ] || echo "\${each##*/}"; done; }
must_be() { # loaded, or say why nothing can be done
  case $load in
    not-found) echo "Failed to $verb $id: Unit $id not found." >&2; exit 5;;
    masked) [ "$verb" = unmask ] || [ "$verb" = stop ] || { echo "Failed to $verb $id: Unit $id is masked." >&2; exit 1; };;
  esac
}

while [ $# -gt 0 ]; do
  case $1 in
    --now) now=1;; -q|--quiet) quiet=1;; --value) value=1;;
    -p|--property) shift; properties=$1;;
    --property=*) properties=\${1#*=};; -p?*) properties=\${1#-p};;
    --user|--machine=*|-M*) echo "Failed to connect to bus: No medium found" >&2; exit 1;;
    -*) ;;
    *) if [ -z "$verb" ]; then verb=$1; else
         case $1 in
           *'*'*) for each in $(all); do case $each in $1) names="$names $each";; esac; done;;
           *.service|*.timer|*.socket|*.target|*.mount) names="$names $1";;
           *) names="$names $1.service";;
         esac
       fi;;
  esac
  shift
done

code=0
case \${verb:=list-units} in
  show)
    for name in $names; do
      describe "$name"
      for property in $(echo "$properties" | tr , ' '); do
        case $property in
          Id|Names) is=$id;; LoadState) is=$load;; ActiveState) is=$active;; SubState) is=$sub;;
          UnitFileState) is=$file;; Description) is=$text;; NeedDaemonReload) is=no;; *) continue;;
        esac
        if [ -n "$value" ]; then echo "$is"; else echo "$property=$is"; fi
      done
      echo
    done;;
  list-unit-files)
    for name in $(all); do describe "$name"; echo "$name $file enabled"; done;;
  list-units)
    for name in $(all); do
      describe "$name"
      [ "$active" = inactive ] || printf '%-22s %-7s %-7s %-8s %s\\n' "$id" "$load" "$active" "$sub" "$text"
    done;;
  status)
    for name in $names; do
      describe "$name"; must_be
      printf '%s - %s\\n   Loaded: %s (%s; %s)\\n   Active: %s (%s)\\n' "$id" "$text" "$load" "$files/$id" "$file" "$active" "$sub"
      [ "$active" = active ] || code=3
    done;;
  is-active|is-failed|is-enabled)
    for name in $names; do
      describe "$name"
      case $verb in
        is-enabled) is=\${file:-not-found}; [ "$is" = enabled ] || [ "$is" = static ] || code=1;;
        is-active) is=$active; [ "$is" = active ] || code=3;;
        *) is=$active; [ "$is" = failed ] || code=1;;
      esac
      [ -n "$quiet" ] || echo "$is"
    done;;
  cat)
    for name in $names; do describe "$name"; must_be; echo "# $files/$id"; cat "$files/$id"; done;;
  start|stop|restart|reload|enable|disable|mask|unmask|reset-failed)
    mkdir -p "$states" "$wants"
    for name in $names; do
      describe "$name"
      must_be
      case $verb in
        start|restart) echo active > "$states/$id";;
        stop|reset-failed) rm -f "$states/$id";;
        reload) [ "$active" = active ] || { echo "$id is not active, cannot reload." >&2; exit 1; };;
        enable) ln -sf "$files/$id" "$wants/$id"; [ -z "$now" ] || echo active > "$states/$id";;
        disable) rm -f "$wants/$id"; [ -z "$now" ] || rm -f "$states/$id";;
        mask) mkdir -p "$states.masked"; mv "$files/$id" "$states.masked/$id"; ln -s /dev/null "$files/$id";;
        unmask) [ ! -L "$files/$id" ] || { rm "$files/$id"; mv "$states.masked/$id" "$files/$id"; };;
      esac
    done;;
  daemon-reload) ;;
  *) echo "Unknown command verb '$verb'." >&2; exit 1;;
esac
exit $code
`
