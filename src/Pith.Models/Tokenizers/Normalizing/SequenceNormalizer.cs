namespace Pith.Models.Tokenizers.Normalizing;

/// <summary>Several normalizers, one after another.</summary>
internal sealed class SequenceNormalizer : Normalizer
{
    private readonly Normalizer[] _parts;

    /// <summary>Makes the sequence.</summary>
    public SequenceNormalizer(IEnumerable<Normalizer> parts) => _parts = [.. parts];

    /// <inheritdoc/>
    public override string Apply(string text)
    {
        foreach (var part in _parts)
            text = part.Apply(text);
        return text;
    }
}
