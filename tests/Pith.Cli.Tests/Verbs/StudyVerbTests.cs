using System.Text.Json;
using System.Text.Json.Nodes;
using Pith.Core.Diagnostics;
using Pith.Studies;
using Pith.Studies.Samplers;
using Pith.Studies.Spaces;
using Pith.Studies.Stores;
using Pith.Studies.Trials;

namespace Pith.Cli.Tests.Verbs;

public sealed class StudyVerbTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pith-cli-study-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void List_FolderOfStudies_ShowsEachAndWhatCannotBeRead()
    {
        Make("b", trials: 4);
        Make("a", trials: 0);
        Directory.CreateDirectory(Path.Combine(folder, "c"));
        File.WriteAllText(Path.Combine(folder, "c", SqliteStudyStore.FileName), new string('x', 2000));

        var (exit, output, _) = CommandLine.Run("study", "list", folder, "--json");
        Assert.Equal(ExitCode.Ok, exit);
        var rows = JsonElement.Parse(output).GetProperty("studies").EnumerateArray().ToList();
        Assert.Equal(["a", "b", "c"], rows.Select(row => Path.GetFileName(row.GetProperty("folder").GetString())));
        Assert.Equal(4, rows[0].GetProperty("states").GetProperty("queued").GetInt32());
        Assert.Equal("toy", rows[1].GetProperty("kind").GetString());
        Assert.Equal(3, rows[1].GetProperty("states").GetProperty("done").GetInt32());
        Assert.StartsWith("PITH6002", rows[2].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("PITH6002", CommandLine.Run("study", "list", folder).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Show_Study_SaysWhatItIsAndItsBest()
    {
        Make("s", trials: 4);
        var (exit, output, _) = CommandLine.Run("study", "show", Path.Combine(folder, "s"), "--json");
        Assert.Equal(ExitCode.Ok, exit);
        var document = JsonElement.Parse(output);
        Assert.Equal("m1", document.GetProperty("facts").GetProperty("model").GetString());
        Assert.Equal(64, document.GetProperty("identity").GetString()!.Length);
        Assert.Equal(["search", "x"], document.GetProperty("command").EnumerateArray().Select(word => word.GetString()));
        var best = document.GetProperty("best");
        Assert.Equal(0, best.GetProperty("objectives").GetProperty("loss").GetDouble());
        Assert.Equal("zero, \"0\"", best.GetProperty("values").GetProperty("a").GetString());
        Assert.Equal(1, best.GetProperty("columns").GetProperty("bytes").GetInt32());
        Assert.Contains("3 done, 1 failed", CommandLine.Run("study", "show", Path.Combine(folder, "s")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_Study_IsCsvOrJson()
    {
        Make("s", trials: 4);
        var (_, csv, _) = CommandLine.Run("study", "export", Path.Combine(folder, "s"));
        Assert.Equal(
            """"
            trial,state,loss,a,b,bytes,reason
            0,done,0,"zero, ""0""",0,1,
            1,done,1,one,0,2,
            2,failed,,"zero, ""0""",1,,"b is
            one"
            3,done,1,one,1,4,

            """",
            csv);
        var trials = JsonElement.Parse(CommandLine.Run("study", "export", Path.Combine(folder, "s"), "--json").Output).GetProperty("trials");
        Assert.Equal(4, trials.GetArrayLength());
        Assert.Equal("b is\none", trials[2].GetProperty("reason").GetString());
    }

    [Fact]
    public void Verbs_NoStudy_AreCodedErrors()
    {
        foreach (var verb in new[] { "show", "export", "resume" })
        {
            var (exit, _, error) = CommandLine.Run("study", verb, folder, "--json");
            Assert.Equal(ExitCode.BadInput, exit);
            Assert.Equal("PITH6001", CommandLine.ErrorOf(error).GetProperty("code").GetString());
        }
    }

    [Fact]
    public void Resume_StudyWithoutAUsableCommand_SaysSo()
    {
        Make("s", trials: 1);
        var (exit, _, error) = CommandLine.Run("study", "resume", Path.Combine(folder, "s"), "--json");
        Assert.Equal(ExitCode.Usage, exit);
        Assert.Equal("PITH9001", CommandLine.ErrorOf(error).GetProperty("code").GetString());

        Make("t", trials: 1, origin: null);
        Assert.Equal("PITH6005", CommandLine.ErrorOf(CommandLine.Run("study", "resume", Path.Combine(folder, "t"), "--json").Error).GetProperty("code").GetString());
    }

    private void Make(string name, int trials) => Make(name, trials, new StudyOrigin(["search", "x"], folder));

    private void Make(string name, int trials, StudyOrigin? origin)
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        var space = new SearchSpace([new CategoricalParameter("a", ["zero, \"0\"", "one"]), new IntegerParameter("b", 0, 1)]);
        var definition = new StudyDefinition
        {
            Kind = "toy", Space = space, Objectives = [new Objective("loss")], Facts = new Dictionary<string, string> { ["model"] = "m1" },
        };
        using var study = Study.Open(SqliteStudyStore.Open(Path.Combine(path, SqliteStudyStore.FileName), StudyAccess.Write), definition, new RandomSampler(), origin: origin);
        study.Enqueue(new Assignment(space, [0, 0]), new Assignment(space, [1, 0]), new Assignment(space, [0, 1]), new Assignment(space, [1, 1]));
        study.Run(trials, (trial, _) => trial.Assignment.Integer("a") == 0 && trial.Assignment.Integer("b") == 1
            ? TrialResult.Failed("b is\none")
            : TrialResult.Done(trial.Assignment.Integer("a"), new JsonObject { ["bytes"] = trial.Number + 1 }));
    }
}
