namespace Pith.Models.Chat.Templates;

/// <summary>The value of what is not there: false, empty when written, and an error when looked into.</summary>
internal sealed class Undefined
{
    private Undefined()
    {
    }

    /// <summary>The only instance.</summary>
    public static Undefined Instance { get; } = new();
}
