using CsCheck;
using Microsoft.Data.Sqlite;
using Pith.Core;
using Pith.Core.Diagnostics;
using Pith.Studies.Stores;

namespace Pith.Studies.Tests.Stores;

public sealed class SqliteStudyStoreTests : StudyStoreConformance, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pith-store-").FullName;

    private string FilePath => Path.Combine(folder, SqliteStudyStore.FileName);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    protected override IStudyStore Open(StudyAccess access) => SqliteStudyStore.Open(FilePath, access);

    [Fact]
    public void Open_NoFileOrNoFolder_IsRefused()
    {
        Assert.Equal(StudyErrors.NotAStudy, Refusal(() => Open(StudyAccess.Read)).Error);
        Assert.Equal(CoreErrors.CannotWrite, Refusal(() => SqliteStudyStore.Open(Path.Combine(folder, "none", "study.db"), StudyAccess.Write)).Error);
    }

    [Fact]
    public void Open_EmptyFile_IsAStudyNotMadeYet()
    {
        File.Create(FilePath).Dispose();
        using var store = Open(StudyAccess.Write);
        Assert.Null(store.ReadHeader());
    }

    [Fact]
    public void Open_AnotherDatabase_IsRefused()
    {
        using (var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE other (x)";
            command.ExecuteNonQuery();
        }

        Assert.Equal(StudyErrors.NotAStudy, Refusal(() => Open(StudyAccess.Write)).Error);
        Assert.Equal(StudyErrors.NotAStudy, Refusal(() => Open(StudyAccess.Read)).Error);
    }

    [Fact]
    public void Open_NoDatabaseAtAll_IsRefused()
    {
        File.WriteAllText(FilePath, new string('x', 5000));
        Assert.Equal(StudyErrors.Damaged, Refusal(() => Open(StudyAccess.Read)).Error);
    }

    // Whatever is done to the file: what is read is the beginning of what was written, or nothing.
    [Fact]
    public void Read_DamagedFile_IsTheStudyOrItsBeginningOrRefused()
    {
        using (var study = Toys.Open(Open(StudyAccess.Write)))
            study.Run(30, Toys.Evaluate, cancellation: TestContext.Current.CancellationToken);
        var whole = File.ReadAllBytes(FilePath);
        IReadOnlyList<StudyEvent> journal;
        using (var store = Open(StudyAccess.Read))
            journal = store.ReadJournal();

        var refused = 0;
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte[1, 255], Gen.Bool).Sample(
            (at, change, isCut) =>
            {
                var bytes = isCut ? whole[..at] : (byte[])whole.Clone();
                if (!isCut)
                    bytes[at] ^= change;
                var path = Path.Combine(folder, $"{at}-{change}-{isCut}.db");
                File.WriteAllBytes(path, bytes);
                try
                {
                    using var store = SqliteStudyStore.Open(path, StudyAccess.Read);
                    var read = store.ReadJournal();
                    Assert.Equal(journal.Take(read.Count), read);
                }
                catch (PithException exception)
                {
                    Assert.Contains(exception.Error, new[] { StudyErrors.Damaged, StudyErrors.NotAStudy, CoreErrors.CannotWrite });
                    refused++;
                }
                finally
                {
                    foreach (var file in Directory.GetFiles(folder, Path.GetFileName(path) + "*"))
                        File.Delete(file);
                }
            },
            iter: 300,
            seed: "0N0XIzNsQ0O2",
            threads: 1);
        Assert.True(refused > 100, $"{refused} of 300 refused");
    }

    private static PithException Refusal(Action action) => Assert.Throws<PithException>(action);
}
