using System.Globalization;
using Microsoft.Data.Sqlite;
using Pith.Core.Diagnostics;

namespace Pith.Studies.Stores;

/// <summary>Keeps a study in one SQLite file with a write-ahead log.</summary>
/// <remarks>Two tables: <c>study</c> (definition, origin) and <c>journal</c> (id, trial, kind, body, seal). The seal is a running checksum, so a
/// file that does not hold what was written is refused, not used. The log is not forced to the disk at each entry: a kill loses nothing, a
/// power cut at most the end of the journal, which the next run makes again. Not thread-safe.</remarks>
public sealed class SqliteStudyStore : IStudyStore
{
    /// <summary>Name of the file in the folder of a study.</summary>
    public const string FileName = "study.db";

    // "Pith" in ASCII, in the file's header.
    private const int ApplicationId = 0x50697468;
    private const int SchemaVersion = 1;

    private readonly WriterLock? writer;
    private readonly SqliteConnection connection;
    private SqliteCommand? insert;
    private long? seal;
    private long entries;

    private SqliteStudyStore(string path, StudyAccess access)
    {
        Location = path;
        writer = access == StudyAccess.Write ? WriterLock.Take(path) : null;
        connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = access == StudyAccess.Write ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ConnectionString);
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <summary>Opens the file of a study.</summary>
    /// <param name="path">The file; for writing it may be absent, its folder may not.</param>
    /// <param name="access">What for.</param>
    /// <exception cref="PithException">Another writer is open (<see cref="StudyErrors.InUse"/>), or it is not the file of a study
    /// (<see cref="StudyErrors.NotAStudy"/>) or a damaged one (<see cref="StudyErrors.Damaged"/>).</exception>
    public static SqliteStudyStore Open(string path, StudyAccess access)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (access == StudyAccess.Read && !File.Exists(path))
            throw new PithException(StudyErrors.NotAStudy, $"{path}: expected the file of a study, found nothing");
        var store = new SqliteStudyStore(path, access);
        try
        {
            SqliteFailure.Translate(path, () => store.Prepare(access));
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Removes the file of a study, whatever its state; nothing where there is none.</summary>
    /// <exception cref="PithException">Another process writes to it (<see cref="StudyErrors.InUse"/>).</exception>
    public static void Delete(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var taken = WriterLock.Take(path);
        foreach (var file in new[] { path, path + "-wal", path + "-shm" })
            File.Delete(file);
    }

    /// <inheritdoc/>
    public StudyHeader? ReadHeader() => SqliteFailure.Translate(Location, () =>
    {
        if (Number("PRAGMA application_id") == 0)
            return null;
        using var command = Command("SELECT definition, origin FROM study");
        using var reader = command.ExecuteReader();
        return reader.Read() ? new StudyHeader(reader.GetString(0), reader.GetString(1)) : throw Damaged("expected a definition, found none");
    });

    /// <inheritdoc/>
    public IReadOnlyList<StudyEvent> ReadJournal()
    {
        if (ReadHeader() is not { } header)
            return [];
        return SqliteFailure.Translate(Location, () =>
        {
            List<StudyEvent> journal = [];
            var expected = JournalSeal.Of(header);
            using var command = Command("SELECT id, trial, kind, body, seal FROM journal ORDER BY id");
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var entry = new StudyEvent(reader.GetInt32(1), (StudyEventKind)reader.GetInt32(2), reader.GetString(3));
                expected = JournalSeal.Next(expected, entry);
                if (reader.GetInt64(0) != journal.Count + 1 || reader.GetInt64(4) != expected)
                    throw Damaged(string.Create(CultureInfo.InvariantCulture, $"entry {journal.Count + 1} of the journal is not what was written"));
                journal.Add(entry);
            }

            (seal, entries) = (expected, journal.Count);
            return journal;
        });
    }

    /// <inheritdoc/>
    public void Create(StudyHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (writer is null || ReadHeader() is not null)
            throw new InvalidOperationException("A study is made once, by a writer.");
        SqliteFailure.Translate(Location, () =>
        {
            using var transaction = connection.BeginTransaction();
            Execute("CREATE TABLE study (definition TEXT NOT NULL, origin TEXT NOT NULL)");
            Execute("CREATE TABLE journal (id INTEGER PRIMARY KEY, trial INTEGER NOT NULL, kind INTEGER NOT NULL, body TEXT NOT NULL, seal INTEGER NOT NULL)");
            Execute("INSERT INTO study VALUES ($definition, $origin)", ("$definition", header.Definition), ("$origin", header.Origin));
            Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {SchemaVersion}"));
            Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}"));
            transaction.Commit();
            return true;
        });
        (seal, entries) = (JournalSeal.Of(header), 0);
    }

    /// <inheritdoc/>
    public void Append(params IReadOnlyList<StudyEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (seal is null)
            ReadJournal();
        if (writer is null || seal is not { } last)
            throw new InvalidOperationException("Entries are added by a writer, to a study that was made.");
        (seal, entries) = SqliteFailure.Translate(Location, () =>
        {
            using var transaction = connection.BeginTransaction();
            var (next, id) = (last, entries);
            foreach (var entry in events)
            {
                next = JournalSeal.Next(next, entry);
                Insert(transaction, ++id, entry, next);
            }

            transaction.Commit();
            return (next, id);
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        insert?.Dispose();
        connection.Dispose();
        writer?.Dispose();
    }

    private bool Prepare(StudyAccess access)
    {
        connection.Open();
        if (access == StudyAccess.Write)
        {
            Execute("PRAGMA journal_mode = WAL");
            Execute("PRAGMA synchronous = NORMAL");
        }

        if (Number("PRAGMA application_id") is var application && application != ApplicationId && (application != 0 || Number("SELECT count(*) FROM sqlite_master") > 0))
            throw new PithException(StudyErrors.NotAStudy, $"{Location}: expected the database of a study, found another one");
        if (application != 0 && Number("PRAGMA user_version") is var version && version != SchemaVersion)
            throw new PithException(StudyErrors.NotAStudy, string.Create(CultureInfo.InvariantCulture, $"{Location}: expected version {SchemaVersion} of a study's database, found {version}"));
        using var check = Command("PRAGMA quick_check(1)");
        return check.ExecuteScalar() is "ok" ? true : throw Damaged("the check of the database failed");
    }

    private void Insert(SqliteTransaction transaction, long id, StudyEvent entry, long sealAfter)
    {
        if (insert is null)
        {
            insert = Command("INSERT INTO journal VALUES ($id, $trial, $kind, $body, $seal)");
            foreach (var name in new[] { "$id", "$trial", "$kind", "$body", "$seal" })
                insert.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        insert.Transaction = transaction;
        insert.Parameters[0].Value = id;
        insert.Parameters[1].Value = entry.Trial;
        insert.Parameters[2].Value = (int)entry.Kind;
        insert.Parameters[3].Value = entry.Body;
        insert.Parameters[4].Value = sealAfter;
        insert.ExecuteNonQuery();
    }

    private void Execute(string sql, params (string Name, string Value)[] parameters)
    {
        using var command = Command(sql);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        command.ExecuteNonQuery();
    }

    private long Number(string sql)
    {
        using var command = Command(sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private SqliteCommand Command(string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // every text is a constant of this class
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    private PithException Damaged(string what) => new(StudyErrors.Damaged, $"{Location}: {what}");
}
