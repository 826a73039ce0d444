namespace Pith.Models.Tokenizers;

/// <summary>Caps on what a tokenizer file may hold, well above every published tokenizer (ours).</summary>
internal static class TokenizerLimits
{
    /// <summary>Largest tokenizer file, in bytes. The largest published ones are near 35 MB.</summary>
    public const long MaxFileBytes = 256L << 20;

    /// <summary>Largest settings file beside a tokenizer (tokenizer_config.json and the like), in bytes.</summary>
    public const long MaxSettingsBytes = 16L << 20;

    /// <summary>Deepest nesting of a JSON file.</summary>
    public const int MaxJsonDepth = 64;

    /// <summary>Most ids of a vocabulary; published ones reach 262,144.</summary>
    public const int MaxVocabulary = 1 << 21;

    /// <summary>Most merges, listed or implied; published ones reach about 600,000.</summary>
    public const int MaxMerges = 1 << 22;

    /// <summary>Longest token that merges can make, in bytes; published ones reach 256.</summary>
    public const int MaxTokenBytes = 4096;

    /// <summary>Longest splitting pattern, in UTF-16 units.</summary>
    public const int MaxPatternLength = 16384;

    /// <summary>Most stages of normalizing, splitting or decoding in one tokenizer.</summary>
    public const int MaxStages = 64;

    /// <summary>Longest time that one search for a pattern's next match may take.</summary>
    public static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);
}
