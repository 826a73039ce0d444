using Pith.Core.Diagnostics;
using Pith.Core.Files;

namespace Pith.Core.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pith-atomic-").FullName;

    private string Target => Path.Combine(_root, "plan.json");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void WriteText_FreeName_IsExactlyTheText()
    {
        AtomicFile.WriteText(Target, "naïve\n");
        Assert.Equal("naïve\n"u8.ToArray(), File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.GetFiles(_root));
    }

    [Fact]
    public void Write_TakenName_ReplacesOnlyIfAsked()
    {
        AtomicFile.WriteText(Target, "old");
        Assert.Same(CoreErrors.OutputExists, Assert.Throws<PithException>(() => AtomicFile.WriteText(Target, "new", replace: false)).Error);
        Assert.Equal("old", File.ReadAllText(Target));
        AtomicFile.WriteText(Target, "new");
        Assert.Equal("new", File.ReadAllText(Target));
    }

    // What a full disk looks like from inside: some bytes go through, then the system refuses.
    [Fact]
    public void Write_DiskFullHalfway_LeavesTheOldFile()
    {
        AtomicFile.WriteText(Target, "old");
        var error = Assert.Throws<PithException>(() => AtomicFile.Write(Target, stream =>
        {
            stream.Write(new byte[100_000]);
            throw new IOException("No space left on device");
        }));
        Assert.Same(CoreErrors.CannotWrite, error.Error);
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFiles(_root));
    }

    [Fact]
    public void Write_Cancelled_PassesOnAndLeavesNothing()
    {
        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(Target, _ => throw new OperationCanceledException()));
        Assert.Empty(Directory.GetFiles(_root));
    }

    [Fact]
    public void Write_NoSuchFolder_CannotBeWritten() =>
        Assert.Same(CoreErrors.CannotWrite, Assert.Throws<PithException>(() => AtomicFile.WriteText(Path.Combine(_root, "no", "such"), "x")).Error);

    [Fact]
    public void Write_NameOfADirectory_CannotBeWritten() =>
        Assert.Same(CoreErrors.CannotWrite, Assert.Throws<PithException>(() => AtomicFile.WriteText(_root, "x")).Error);
}
