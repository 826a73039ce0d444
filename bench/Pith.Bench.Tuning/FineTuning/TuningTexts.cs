using System.Security.Cryptography;

namespace Pith.Bench.Tuning.FineTuning;

/// <summary>The texts of the study: WikiText-2, of which the bundled models, trained on novels, have seen nothing.</summary>
/// <param name="Training">What models are tuned on.</param>
/// <param name="HeldOut">What they are measured on.</param>
/// <param name="Id">Tells these texts from others.</param>
internal sealed record TuningTexts(string Training, string HeldOut, string Id)
{
    private const string Staged = "../shared/data/lm/text/wikitext2";

    /// <summary>What the texts are, for people.</summary>
    public const string Description = "WikiText-2 (CC BY-SA): wiki.train.part.raw to tune on, the beginning of wiki.test.raw to measure on";

    /// <summary>Finds the texts beside the repository; null where they are not.</summary>
    public static TuningTexts? Find(string repository)
    {
        var training = Path.GetFullPath(Path.Combine(repository, Staged, "wiki.train.part.raw.zst"));
        var heldOut = Path.GetFullPath(Path.Combine(repository, Staged, "wiki.test.raw.part1.zst"));
        return File.Exists(training) && File.Exists(heldOut) ? new TuningTexts(training, heldOut, Digest(training) + Digest(heldOut)) : null;
    }

    private static string Digest(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
