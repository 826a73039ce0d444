# Sourced by ./pith and ./test, which set $here to the root of the repository.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 MSBUILDDISABLENODEREUSE=1

# need_dotnet: says what to do if there is no .NET SDK.
need_dotnet() {
    command -v dotnet >/dev/null 2>&1 && return 0
    echo "error PITH9008: 'dotnet' is not on the PATH; Pith needs the .NET SDK 10." >&2
    echo "hint: Debian and Ubuntu: apt-get install dotnet-sdk-10.0; elsewhere: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    return 4
}

# ensure_built PROJECT: builds src/PROJECT (Release) if a source is newer than its last successful build.
ensure_built() {
    is_fresh "$1" && return 0
    mkdir -p "$here/artifacts" || return 1
    # One build at a time; whoever waited for the lock finds the work done.
    (
        flock 9
        is_fresh "$1" && exit 0
        echo "pith: building $1 ..." >&2
        # The stamp is as old as the start of the build: an edit made meanwhile is newer.
        touch "$here/artifacts/$1.started"
        if ! dotnet build "$here/src/$1" --configuration Release --nologo --verbosity quiet >"$here/artifacts/build.log" 2>&1; then
            cat "$here/artifacts/build.log" >&2
            echo "error PITH9009: building $1 failed." >&2
            echo "hint: the compiler's messages stand above and in artifacts/build.log" >&2
            exit 1
        fi
        mv "$here/artifacts/$1.started" "$here/artifacts/$1.built"
    ) 9>"$here/artifacts/build.lock"
}

# ensure_ahead PROJECT: once for each build, compiles the program to machine code, so that it starts sooner. Without it the program does the
# same, compiled as it runs; that is said once.
ensure_ahead() {
    is_tried "$1" && return 0
    (
        flock 9
        is_tried "$1" && exit 0
        echo "pith: compiling $1 ahead of time ..." >&2
        ahead=$here/artifacts/ahead/$1
        rm -rf "$ahead"
        if ! dotnet build "$here/eng/Ahead.proj" -p:Program="$1" --nologo --verbosity quiet >"$here/artifacts/ahead.log" 2>&1; then
            rm -rf "$ahead"
            echo "pith: $1 could not be compiled ahead of time, so every start takes some tenths of a second longer; see artifacts/ahead.log" >&2
        fi
        touch -r "$here/artifacts/$1.built" "$here/artifacts/$1.tried"
    ) 9>"$here/artifacts/build.lock"
}

# is_tried PROJECT: whether the last build was compiled ahead of time, or could not be.
is_tried() {
    [ -f "$here/artifacts/$1.tried" ] && [ ! "$here/artifacts/$1.built" -nt "$here/artifacts/$1.tried" ]
}

# is_fresh PROJECT: whether nothing changed since the last build. Folders count: their time changes when a file is removed.
# The main program does not contain Pith.Tune.
is_fresh() {
    stamp=$here/artifacts/$1.built
    [ -f "$stamp" ] || return 1
    case $1 in Pith.Tune*) other= ;; *) other='*/src/Pith.Tune*' ;; esac
    changed=$(find "$here/src" "$here/eng" "$here/global.json" "$here/Directory.Build.props" "$here/Directory.Packages.props" \
        "$here/.editorconfig" -path "$other" -prune -o -newer "$stamp" -print -quit) && [ -z "$changed" ]
}
