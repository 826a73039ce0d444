using Pith.Core.Diagnostics;
using Pith.TestKit;

namespace Pith.Models.Tests.Hostile;

/// <summary>Every hostile file gives a coded error that names it, and takes next to no memory.</summary>
public sealed class HostileFilesTests
{
    private const string Folder = "tests/Pith.Models.Tests/Hostile";
    private const string Switch = "PITH_UPDATE_HOSTILE";

    // Messages, exceptions with their stacks and JSON readers take some tens of kilobytes; the claims are of gigabytes.
    private const long MostAllocated = 4 << 20;

    public static TheoryData<string> Paths => [.. HostileFiles.All.Select(file => file.Path)];

    [Fact]
    public void Files_AreWhatTheGeneratorMakes()
    {
        var update = Environment.GetEnvironmentVariable(Switch) == "1";
        foreach (var file in HostileFiles.All)
        {
            var path = Repository.PathOf($"{Folder}/{file.Path}");
            if (update)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, file.Content);
            }

            Assert.True(File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Content), $"{file.Path} is not what the generator makes; see make.md");
        }

        var known = HostileFiles.All.Select(file => Path.GetFullPath(Repository.PathOf($"{Folder}/{file.Path}"))).ToHashSet(StringComparer.Ordinal);
        foreach (var parser in HostileFiles.All.Select(file => file.Parser).Distinct())
            Assert.All(Directory.GetFiles(Repository.PathOf($"{Folder}/{parser}")), path => Assert.Contains(Path.GetFullPath(path), known));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void File_Read_GivesACodedErrorAndTakesNoMemory(string path)
    {
        var file = HostileFiles.All.Single(file => file.Path == path);
        var parse = Parsers.All[file.Parser];
        var full = Repository.PathOf($"{Folder}/{path}");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var exception = Assert.Throws<PithException>(() => parse(full));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostAllocated);
        Assert.Equal((file.Code, ExitCode.BadInput), (exception.Error.Code, exception.Error.Exit));
        Assert.Contains(file.Code == "PITH3000" ? "absent.safetensors" : Path.GetFileName(path), exception.Message, StringComparison.Ordinal);
        Assert.Contains(file.Said, exception.Message, StringComparison.OrdinalIgnoreCase);
        Assert.True(exception.Message.Length < 1000);
        Assert.DoesNotContain(exception.Message, char.IsControl);
    }
}
