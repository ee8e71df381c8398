#!/bin/sh
# Install the Debian packages of pipeline/systems.toml that this machine lacks; ask nothing.
# When all is there, this is one look into the package database.
set -eu
cd "$(dirname "$0")/.."

say() { printf '==> %s\n' "$*"; }

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    say "本机没有 apt-get，程序和字体不能自动安装；运行 nianbao doctor（或 make doctor）可知还缺什么、如何取得。"
    exit 0
fi

packages=$(sed -n 's/^\[packages\.\([a-z0-9.+-]*\)\]$/\1/p' pipeline/systems.toml)
# shellcheck disable=SC2016,SC2086 # the format is for dpkg-query, the list is split
installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $packages 2>/dev/null |
    sed -n 's/ installed$//p') || true

lacking() {
    for package in $packages; do
        printf '%s\n' "$installed" | grep -qxF "$package" || echo "$package"
    done
}
missing=$(lacking | tr '\n' ' ')
case " $missing" in
*" python3-venv "*) # any other Python that can make the environment will do
    if sh tools/find-python.sh >/dev/null; then
        missing=$(lacking | grep -vx python3-venv | tr '\n' ' ') || true
    fi
    ;;
esac
missing=${missing% }
[ -n "$missing" ] || exit 0

by_hand="apt-get install --no-install-recommends $missing"
say "本机还缺这些 Debian 软件包，现在安装：$missing"
if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
    as_root=sudo
else
    say "安装需要管理员权限。请以 root 身份运行：$by_hand，然后再运行 make。"
    exit 1
fi

apt() {
    # shellcheck disable=SC2086 # empty for root
    $as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a apt-get -q -y \
        -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" </dev/null
}

# apt itself waits for dpkg's lock, but not for the lock of its lists, nor long for a mirror. An
# update that fails, say for a foreign source, matters only if the installation fails, too.
for pause in 10 30 60 0; do
    apt update || say "软件包目录未能全部更新，先用已有的。"
    # shellcheck disable=SC2086 # the list is split
    if apt install --no-install-recommends $missing; then
        say "Debian 软件包已装好。"
        exit 0
    fi
    [ "$pause" -gt 0 ] || break
    say "apt-get 没有成功（被占用或下载失败），$pause 秒后重试。"
    sleep "$pause"
done
say "安装失败，原因见上。解决后再运行 make；也可以管理员身份自行安装：$by_hand"
exit 1
