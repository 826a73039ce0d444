using Pith.Core.Diagnostics;
using Pith.Studies.Stores;

namespace Pith.Studies.Tests.Stores;

/// <summary>What every store of studies must do. An implementation inherits these tests.</summary>
public abstract class StudyStoreConformance
{
    private static readonly StudyHeader Header = new("""{"kind":"é"}""", "how");

    private static readonly StudyEvent[] Entries =
    [
        new(0, StudyEventKind.Queued, "[0,1.5]"),
        new(0, StudyEventKind.Started, ""),
        new(0, StudyEventKind.Reported, "[1,0.1]"),
        new(0, StudyEventKind.Done, """{"objectives":[0.1],"columns":{"ü":1}}"""),
    ];

    /// <summary>Opens the place of this test; the first call makes it.</summary>
    protected abstract IStudyStore Open(StudyAccess access);

    [Fact]
    public void ReadHeader_NothingMade_IsNullAndTheJournalIsEmpty()
    {
        using var store = Open(StudyAccess.Write);
        Assert.Null(store.ReadHeader());
        Assert.Empty(store.ReadJournal());
    }

    [Fact]
    public void ReadHeader_AfterCreate_IsWhatWasGiven()
    {
        using (var store = Open(StudyAccess.Write))
        {
            store.Create(Header);
            Assert.Equal(Header, store.ReadHeader());
        }

        using var again = Open(StudyAccess.Read);
        Assert.Equal(Header, again.ReadHeader());
    }

    [Fact]
    public void ReadJournal_AfterAppends_IsWhatWasGivenInOrder()
    {
        using (var store = Open(StudyAccess.Write))
        {
            store.Create(Header);
            store.Append(Entries[0], Entries[1]);
            store.Append(Entries[2]);
            Assert.Equal(Entries[..3], store.ReadJournal());
        }

        using (var again = Open(StudyAccess.Write))
        {
            again.Append(Entries[3]);
        }

        using var reader = Open(StudyAccess.Read);
        Assert.Equal(Entries, reader.ReadJournal());
    }

    [Fact]
    public void ReadJournal_WhileAnotherWrites_SeesWhatWasAppended()
    {
        using var writer = Open(StudyAccess.Write);
        writer.Create(Header);
        using var reader = Open(StudyAccess.Read);
        Assert.Empty(reader.ReadJournal());
        writer.Append(Entries);
        Assert.Equal(Entries, reader.ReadJournal());
    }

    [Fact]
    public void Open_SecondWriter_IsRefusedUntilTheFirstIsGone()
    {
        using (Open(StudyAccess.Write))
        {
            var error = Assert.Throws<PithException>(() => Open(StudyAccess.Write));
            Assert.Equal(StudyErrors.InUse, error.Error);
        }

        using var next = Open(StudyAccess.Write);
        Assert.Null(next.ReadHeader());
    }

    [Fact]
    public void Create_TwiceOrByAReader_IsAWrongCall()
    {
        using var writer = Open(StudyAccess.Write);
        Assert.Throws<InvalidOperationException>(() => writer.Append(Entries[0]));
        writer.Create(Header);
        Assert.Throws<InvalidOperationException>(() => writer.Create(Header));
        using var reader = Open(StudyAccess.Read);
        Assert.Throws<InvalidOperationException>(() => reader.Create(Header));
        Assert.Throws<InvalidOperationException>(() => reader.Append(Entries[0]));
    }

    [Fact]
    public void Append_Nothing_ChangesNothing()
    {
        using var store = Open(StudyAccess.Write);
        store.Create(Header);
        store.Append();
        Assert.Empty(store.ReadJournal());
    }
}
