using Pith.Core.Diagnostics;
using Pith.Core.Files;

namespace Pith.Core.Tests.Files;

public sealed class AtomicDirectoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pith-atomic-").FullName;

    private string Target => Path.Combine(_root, "model");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Commit_AfterWriting_ShowsAllFilesAndNothingElse()
    {
        using (var directory = AtomicDirectory.Create(Target + "/"))
        {
            File.WriteAllText(directory.FilePath("a"), "1");
            Assert.False(Path.Exists(Target));
            directory.Commit();
        }

        Assert.Equal("1", File.ReadAllText(Path.Combine(Target, "a")));
        Assert.Equal([Target], Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void Dispose_WithoutCommit_LeavesNothing()
    {
        using (var directory = AtomicDirectory.Create(Target))
        {
            Directory.CreateDirectory(directory.FilePath("inner"));
            File.WriteAllText(directory.FilePath("inner/a"), "1");
        }

        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void Abandoned_LikeAKilledProcess_LeavesNothingUnderTheFinalName()
    {
        var directory = AtomicDirectory.Create(Target);
        File.WriteAllText(directory.FilePath("a"), "1");

        Assert.False(Path.Exists(Target));
        Assert.All(Directory.GetFileSystemEntries(_root), entry => Assert.StartsWith(".", Path.GetFileName(entry), StringComparison.Ordinal));
        using var second = AtomicDirectory.Create(Target);
        Assert.Empty(Directory.GetFileSystemEntries(second.Path));
        directory.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Create_TakenName_IsRefusedUntouched(bool isDirectory)
    {
        Occupy(isDirectory);
        var error = Assert.Throws<PithException>(() => AtomicDirectory.Create(Target));
        Assert.Same(CoreErrors.OutputExists, error.Error);
        Assert.Contains(isDirectory ? "directory" : "file", error.Message, StringComparison.Ordinal);
        Assert.Equal([Target], Directory.GetFileSystemEntries(_root));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Commit_Replacing_TheOldOneIsThereUntilThenAndGoneAfter(bool isDirectory)
    {
        Occupy(isDirectory);
        using var directory = AtomicDirectory.Create(Target, replace: true);
        File.WriteAllText(directory.FilePath("new"), "2");
        Assert.Equal("old", File.ReadAllText(isDirectory ? Path.Combine(Target, "old") : Target));

        directory.Commit();

        Assert.Equal([Path.Combine(Target, "new")], Directory.GetFileSystemEntries(Target));
        Assert.Equal([Target], Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void Dispose_ReplacingWithoutCommit_KeepsTheOldOne()
    {
        Occupy(isDirectory: true);
        using (var directory = AtomicDirectory.Create(Target, replace: true))
            File.WriteAllText(directory.FilePath("new"), "2");
        Assert.Equal("old", File.ReadAllText(Path.Combine(Target, "old")));
        Assert.Equal([Target], Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void Commit_NameTakenMeanwhile_IsRefused()
    {
        using var first = AtomicDirectory.Create(Target);
        using var second = AtomicDirectory.Create(Target);
        File.WriteAllText(first.FilePath("a"), "1");
        first.Commit();
        Assert.Same(CoreErrors.OutputExists, Assert.Throws<PithException>(second.Commit).Error);
        Assert.Equal("1", File.ReadAllText(Path.Combine(Target, "a")));
    }

    [Fact]
    public void Commit_WhatWasWrittenIsGone_PutsTheOldOneBack()
    {
        Occupy(isDirectory: true);
        using var directory = AtomicDirectory.Create(Target, replace: true);
        Directory.Delete(directory.Path);
        Assert.Same(CoreErrors.CannotWrite, Assert.Throws<PithException>(directory.Commit).Error);
        Assert.Equal("old", File.ReadAllText(Path.Combine(Target, "old")));
    }

    [Fact]
    public void Create_ParentIsAFile_CannotBeWritten()
    {
        Occupy(isDirectory: false);
        Assert.Same(CoreErrors.CannotWrite, Assert.Throws<PithException>(() => AtomicDirectory.Create(Path.Combine(Target, "inner"))).Error);
    }

    [Theory]
    [InlineData("/")]
    [InlineData(".")]
    [InlineData("..")]
    public void Create_AroundTheCurrentDirectory_IsRefusedEvenIfReplacing(string path) =>
        Assert.Same(CoreErrors.CannotWrite, Assert.Throws<PithException>(() => AtomicDirectory.Create(path, replace: true)).Error);

    private void Occupy(bool isDirectory)
    {
        if (isDirectory)
            Directory.CreateDirectory(Target);
        File.WriteAllText(isDirectory ? Path.Combine(Target, "old") : Target, "old");
    }
}
