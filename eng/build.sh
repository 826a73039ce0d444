# Sourced by ./pith and ./test, which set $here to the root of the repository.

# ensure_built PROJECT: builds src/PROJECT (Release) if a source is newer than its last successful build.
ensure_built() {
    if ! command -v dotnet >/dev/null 2>&1; then
        echo "error PITH9009: 'dotnet' is not on the PATH. Pith needs the .NET SDK 10." >&2
        echo "hint: Debian, Ubuntu: 'apt-get install dotnet-sdk-10.0'; elsewhere: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
        return 4
    fi
    is_fresh "$1" && return 0
    mkdir -p "$here/artifacts" || return 1
    # One build at a time; whoever waited finds the work done.
    (
        flock 9
        is_fresh "$1" && exit 0
        echo "pith: building $1 ..." >&2
        # The stamp is as old as the start of the build, so that an edit made meanwhile counts as newer.
        touch "$here/artifacts/$1.started" || exit 1
        if ! DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 dotnet build "$here/src/$1" --configuration Release --nologo --verbosity quiet \
            -nodeReuse:false -consoleLoggerParameters:"ErrorsOnly;NoSummary" >&2; then
            echo "error PITH9010: building $1 failed." >&2
            exit 1
        fi
        mv "$here/artifacts/$1.started" "$here/artifacts/$1.built"
    ) 9>"$here/artifacts/build.lock"
}

# Folders count too: their time changes when a file is removed. Pith.Tune is no part of the main program.
is_fresh() {
    stamp=$here/artifacts/$1.built
    [ -f "$stamp" ] || return 1
    case $1 in Pith.Tune*) skip= ;; *) skip='*/Pith.Tune*' ;; esac
    [ -z "$(find "$here/src" "$here/eng" "$here/global.json" "$here/Directory.Build.props" "$here/Directory.Packages.props" \
        "$here/.editorconfig" -path "$skip" -prune -o -newer "$stamp" -print -quit)" ]
}
