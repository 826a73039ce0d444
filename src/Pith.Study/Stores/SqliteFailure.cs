using Microsoft.Data.Sqlite;
using Pith.Core;
using Pith.Core.Diagnostics;

namespace Pith.Studies.Stores;

/// <summary>Turns what SQLite says into coded errors.</summary>
internal static class SqliteFailure
{
    // Result codes of sqlite.org/rescode.html: the disk refuses, or the file is not what it should be.
    private const int ReadOnly = 8;
    private const int ReadWrite = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;

    /// <summary>Runs <paramref name="work"/>.</summary>
    /// <exception cref="PithException">Instead of any exception of SQLite, or of a value that has not the type it was written with.</exception>
    public static T Translate<T>(string location, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is ReadOnly or ReadWrite or Full or CannotOpen)
        {
            throw new PithException(CoreErrors.CannotWrite, $"{location}: {exception.Message}", inner: exception);
        }
        catch (Exception exception) when (exception is SqliteException or InvalidCastException or OverflowException or FormatException or InvalidOperationException)
        {
            throw new PithException(StudyErrors.Damaged, $"{location}: expected a whole database, found: {exception.Message}", inner: exception);
        }
    }
}
