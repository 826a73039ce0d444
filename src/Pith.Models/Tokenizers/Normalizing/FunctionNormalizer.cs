namespace Pith.Models.Tokenizers.Normalizing;

/// <summary>A normalizer that is a function.</summary>
internal sealed class FunctionNormalizer : Normalizer
{
    private readonly Func<string, string> _function;

    /// <summary>Makes the normalizer.</summary>
    /// <param name="function">Thread-safe.</param>
    public FunctionNormalizer(Func<string, string> function) => _function = function;

    /// <inheritdoc/>
    public override string Apply(string text) => _function(text);
}
