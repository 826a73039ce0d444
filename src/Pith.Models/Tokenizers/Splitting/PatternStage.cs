using System.Buffers;
using System.Text.RegularExpressions;
using Pith.Core.Diagnostics;

namespace Pith.Models.Tokenizers.Splitting;

/// <summary>Splits by a regular expression.</summary>
/// <remarks>The patterns are written for engines that see code points; this one sees UTF-16 units. Code points above
/// U+FFFF are therefore shown to it as one stand-in of their general category (see <see cref="PlaneFolding"/>). Thread-safe.</remarks>
internal sealed class PatternStage : SeparatorStage
{
    private readonly Regex _pattern;
    private readonly bool _invert;

    /// <summary>Makes the stage.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="behavior">What becomes of separators.</param>
    /// <param name="invert">Whether the separators are what the pattern does not match.</param>
    public PatternStage(Regex pattern, SplitBehavior behavior, bool invert)
        : base(behavior)
    {
        _pattern = pattern;
        _invert = invert;
    }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="PithException">The pattern is not one that the framework reads.</exception>
    public static Regex Parse(string pattern, string file)
    {
        if (pattern.Length > TokenizerLimits.MaxPatternLength)
        {
            throw new PithException(
                ModelsErrors.TokenizerPatternInvalid,
                $"{file}: a pattern may have {TokenizerLimits.MaxPatternLength} characters, found {pattern.Length}.");
        }

        try
        {
            // Multiline: in the syntax these patterns are written in, ^ and $ stand for line ends.
            const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.Multiline;
            return new Regex(pattern, Options, TokenizerLimits.PatternTimeout);
        }
        catch (Exception exception) when (exception is ArgumentException or InsufficientExecutionStackException)
        {
            throw new PithException(
                ModelsErrors.TokenizerPatternInvalid,
                $"{file}: the pattern '{Shorten(pattern)}' is not read: {exception.Message}",
                inner: exception);
        }
    }

    /// <inheritdoc/>
    protected override void FindSegments(ReadOnlySpan<char> text, List<Segment> segments)
    {
        try
        {
            if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
                FindSegments(text, [], segments);
            else
                FindFoldedSegments(text, segments);
        }
        catch (RegexMatchTimeoutException exception)
        {
            throw new PithException(
                ModelsErrors.TokenizerPatternInvalid,
                $"The pattern '{Shorten(exception.Pattern)}' took over {exception.MatchTimeout.TotalSeconds:0} s to match.",
                inner: exception);
        }
    }

    private static string Shorten(string pattern) => pattern.Length <= 80 ? pattern : pattern[..80] + "…";

    private void FindFoldedSegments(ReadOnlySpan<char> text, List<Segment> segments)
    {
        var folded = ArrayPool<char>.Shared.Rent(text.Length);
        var origins = ArrayPool<int>.Shared.Rent(text.Length + 1);
        var length = PlaneFolding.Fold(text, folded, origins);
        FindSegments(folded.AsSpan(0, length), origins.AsSpan(0, length + 1), segments);
        ArrayPool<char>.Shared.Return(folded);
        ArrayPool<int>.Shared.Return(origins);
    }

    private void FindSegments(ReadOnlySpan<char> text, ReadOnlySpan<int> origins, List<Segment> segments)
    {
        var start = 0;
        foreach (var match in _pattern.EnumerateMatches(text))
        {
            Add(start, match.Index, origins, _invert, segments);
            Add(match.Index, match.Index + match.Length, origins, !_invert, segments);
            start = match.Index + match.Length;
        }

        Add(start, text.Length, origins, _invert, segments);
    }

    private static void Add(int start, int end, ReadOnlySpan<int> origins, bool isSeparator, List<Segment> segments)
    {
        segments.Add(origins.IsEmpty
            ? new Segment(start, end, isSeparator)
            : new Segment(origins[start], origins[end], isSeparator));
    }
}
