namespace Pith.Core.Plans;

/// <summary>The text forms of <see cref="LowRankMethod"/>, as options and plans write them.</summary>
public static class LowRankMethods
{
    private static readonly (LowRankMethod Method, string Name)[] Names =
    [
        (LowRankMethod.Lqer, "lqer"), (LowRankMethod.L2qer, "l2qer"), (LowRankMethod.QeraDiagonal, "qera-diag"), (LowRankMethod.Qera, "qera"),
    ];

    /// <summary>Every text form, from the simplest method to the best.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Names.Select(entry => entry.Name)];

    /// <summary>The text form of a method.</summary>
    public static string Text(this LowRankMethod method) => Names[(int)method].Name;

    /// <summary>Reads a text form; false when the text is none.</summary>
    public static bool TryParse(string? text, out LowRankMethod method)
    {
        var index = Array.FindIndex(Names, entry => entry.Name == text);
        method = index < 0 ? default : Names[index].Method;
        return index >= 0;
    }
}
