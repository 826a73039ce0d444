using Pith.TestKit;

namespace Pith.SystemTests.Processes;

/// <summary>The launcher on a small copy of the repository, with a program in the place of <c>dotnet</c> that notes how it is called.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("pith-launcher-").FullName;

    public LauncherTests()
    {
        foreach (var folder in new[] { "src/Pith.Cli", "src/Pith.Tune", "src/Pith.Tune.Cli", "eng", "bin" })
            Directory.CreateDirectory(Path.Combine(root, folder));
        foreach (var file in new[] { "pith", "eng/build.sh", "global.json", "Directory.Build.props", "Directory.Packages.props", ".editorconfig" })
            File.Copy(Repository.PathOf(file), Path.Combine(root, file));
        File.WriteAllText(Path.Combine(root, "src/Pith.Cli/Program.cs"), "");
        File.WriteAllText(Path.Combine(root, "src/Pith.Tune/Trainer.cs"), "");
        FakeDotnet(buildExit: 0);
    }

    private string Ahead => Path.Combine(root, "artifacts/ahead/Pith.Cli/pith.dll");

    private int Builds => File.Exists(Path.Combine(root, "builds")) ? File.ReadAllLines(Path.Combine(root, "builds")).Length : 0;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Run_Twice_BuildsOnceAndPassesArgumentsOn()
    {
        var first = Run("'a b' --json '*'");
        var second = Run("x");

        Assert.Equal((0, "run pith.dll [a b] [--json] [*]\n"), (first.Exit, first.Output));
        Assert.Contains("building", first.Error, StringComparison.Ordinal);
        Assert.Equal((0, "run pith.dll [x]\n", ""), (second.Exit, second.Output, second.Error));
        Assert.Equal(1, Builds);
    }

    [Fact]
    public void Run_AfterABuild_StartsTheProgramCompiledAhead()
    {
        var first = Run("x");
        File.WriteAllText(Ahead, "mine");
        Run("x");

        Assert.Contains("compiling Pith.Cli ahead", first.Error, StringComparison.Ordinal);
        Assert.Equal("ahead x\nahead x\n", File.ReadAllText(Path.Combine(root, "starts")));
        Assert.Equal("mine", File.ReadAllText(Ahead));

        Touch("src/Pith.Cli/Program.cs");
        Run("x");
        Assert.Equal("", File.ReadAllText(Ahead));
    }

    [Fact]
    public void Run_WhenItCannotBeCompiledAhead_SaysSoOnceAndStartsThePlainProgram()
    {
        Run("x");
        FakeDotnet(buildExit: 0, aheadExit: 1);
        Touch("src/Pith.Cli/Program.cs");
        var (first, second) = (Run("y"), Run("y"));

        Assert.Equal((0, "run pith.dll [y]\n"), (first.Exit, first.Output));
        Assert.Contains("could not be compiled ahead of time", first.Error, StringComparison.Ordinal);
        Assert.Equal((0, "run pith.dll [y]\n", ""), (second.Exit, second.Output, second.Error));
        Assert.Equal("ahead x\nplain y\nplain y\n", File.ReadAllText(Path.Combine(root, "starts")));
        Assert.False(File.Exists(Ahead));
    }

    [Fact]
    public void Run_AfterAChange_BuildsAgain()
    {
        Run("");
        Touch("src/Pith.Cli/Program.cs");
        Run("");
        Assert.Equal(2, Builds);

        Touch("Directory.Packages.props");
        Run("");
        Assert.Equal(3, Builds);

        Run("");
        Assert.Equal(3, Builds);
    }

    [Fact]
    public void Run_AfterAFileIsRemoved_BuildsAgain()
    {
        Run("");
        File.Delete(Path.Combine(root, "src/Pith.Cli/Program.cs"));
        Directory.SetLastWriteTimeUtc(Path.Combine(root, "src/Pith.Cli"), Later);
        Run("");

        Assert.Equal(2, Builds);
    }

    [Fact]
    public void Run_AfterAChangeInTraining_StartsAtOnce()
    {
        Run("");
        Touch("src/Pith.Tune/Trainer.cs");
        Run("");

        Assert.Equal(1, Builds);
    }

    [Fact]
    public void Run_TrainModel_BuildsAndStartsTheOtherProgram()
    {
        Assert.Equal("run pith-tune.dll [train] [model] [--help]\n", Run("train model --help").Output);
        Assert.Equal("run pith-tune.dll [tune] [m]\n", Run("tune m").Output);
        Touch("src/Pith.Tune/Trainer.cs", "Pith.Tune.Cli");
        Run("train model");

        Assert.Equal(2, Builds);
    }

    [Fact]
    public void Run_SeveralAtOnce_BuildsOnce()
    {
        var result = Shell.Run("for i in 1 2 3 4; do ./pith $i & done; wait", root, SearchPath);

        Assert.Equal(4, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(1, Builds);
    }

    [Fact]
    public void Run_ThroughALinkFromElsewhere_FindsItsFolder()
    {
        Directory.CreateDirectory(Path.Combine(root, "else where"));
        var result = Shell.Run("ln -s ../pith p && ./p hello", Path.Combine(root, "else where"), SearchPath);

        Assert.Equal((0, "run pith.dll [hello]\n"), (result.Exit, result.Output));
    }

    [Fact]
    public void Run_WhenTheBuildFails_ShowsWhyAndStartsNothing()
    {
        Run("");
        FakeDotnet(buildExit: 1);
        Touch("src/Pith.Cli/Program.cs");
        var result = Run("hello");

        Assert.Equal((1, ""), (result.Exit, result.Output));
        Assert.Contains("CS1002", result.Error, StringComparison.Ordinal);
        Assert.Contains("error PITH9009", result.Error, StringComparison.Ordinal);

        FakeDotnet(buildExit: 0);
        Assert.Equal("run pith.dll [hello]\n", Run("hello").Output);
    }

    [Fact]
    public void Run_WithoutDotnet_NamesTheSdk()
    {
        File.Delete(Path.Combine(root, "bin/dotnet"));
        var tools = Shell.Run("for tool in sh dirname readlink find flock touch mv mkdir cat; do ln -s $(command -v $tool) bin/; done; ls bin", root);
        Assert.Equal(0, tools.Exit);
        var result = Shell.Run("./pith", root, Path.Combine(root, "bin"));

        Assert.Equal((4, ""), (result.Exit, result.Output));
        Assert.Contains("error PITH9008", result.Error, StringComparison.Ordinal);
        Assert.Contains(".NET SDK 10", result.Error, StringComparison.Ordinal);
    }

    private static DateTime Later => new(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private string SearchPath => Path.Combine(root, "bin") + ":" + Environment.GetEnvironmentVariable("PATH");

    private Shell.Result Run(string arguments) => Shell.Run("./pith " + arguments, root, SearchPath);

    // Newer than the last build, but older than the next: the clock of the file system is coarse.
    private void Touch(string relative, string project = "Pith.Cli")
    {
        var stamp = File.GetLastWriteTimeUtc(Path.Combine(root, $"artifacts/{project}.built"));
        File.SetLastWriteTimeUtc(Path.Combine(root, relative), stamp + TimeSpan.FromTicks(1000));
    }

    private void FakeDotnet(int buildExit, int aheadExit = 0)
    {
        var path = Path.Combine(root, "bin/dotnet");
        File.WriteAllText(path, $$"""
            #!/bin/sh
            case $2 in */Ahead.proj)
                mkdir -p "$(dirname "{{Ahead}}")"
                : >"{{Ahead}}"
                exit {{aheadExit}}
            esac
            if [ "$1" = build ]; then
                echo build >>"{{root}}/builds"
                [ {{buildExit}} = 0 ] || echo "Program.cs(1,1): error CS1002: ; expected"
                exit {{buildExit}}
            fi
            case $1 in */ahead/*) kind=ahead ;; *) kind=plain ;; esac
            echo "$kind $2" >>"{{root}}/starts"
            printf 'run %s' "$(basename "$1")"
            shift
            printf ' [%s]' "$@"
            echo
            """);
        Assert.Equal(0, Shell.Run("chmod +x bin/dotnet", root).Exit);
    }
}
