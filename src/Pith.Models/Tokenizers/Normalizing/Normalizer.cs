namespace Pith.Models.Tokenizers.Normalizing;

/// <summary>Rewrites a text before it is split.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
internal abstract class Normalizer
{
    /// <summary>The rewritten text.</summary>
    public abstract string Apply(string text);
}
