namespace Pith.Core.Diagnostics;

/// <summary>Something in the world (a file, a model, a tool, a setting) is not as it must be.</summary>
/// <remarks>A wrong call throws the <see cref="ArgumentException"/> family instead. The message says what was expected, what
/// was found and where; <see cref="Hint"/> says what to do next. Immutable, hence thread-safe.</remarks>
public class PithException : Exception
{
    /// <summary>Creates the exception for one catalogued error.</summary>
    /// <param name="error">The catalogue entry, which gives code, exit code and the default hint.</param>
    /// <param name="message">What was expected, what was found, and where (file, offset, tensor, site).</param>
    /// <param name="hint">What to do next; the catalogue's hint when null.</param>
    /// <param name="inner">The lower-level failure, if any.</param>
    public PithException(ErrorCode error, string message, string? hint = null, Exception? inner = null)
        : base(message, inner)
    {
        ArgumentNullException.ThrowIfNull(error);
        Error = error;
        Hint = hint ?? error.Hint;
    }

    /// <summary>The catalogue entry.</summary>
    public ErrorCode Error { get; }

    /// <summary>What to do next, one sentence.</summary>
    public string Hint { get; }
}
