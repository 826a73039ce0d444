namespace Pith.Models.Chat.Templates;

/// <summary>The variable <c>loop</c> inside of a loop.</summary>
/// <param name="Items">What the loop goes through.</param>
/// <param name="Index">Place of the current item, from 0.</param>
internal sealed record TemplateLoop(IReadOnlyList<object?> Items, int Index)
{
    private static readonly Dictionary<string, Func<TemplateLoop, object?>> s_members = new(StringComparer.Ordinal)
    {
        ["index"] = static loop => loop.Index + 1L,
        ["index0"] = static loop => (long)loop.Index,
        ["revindex"] = static loop => (long)loop.Items.Count - loop.Index,
        ["revindex0"] = static loop => loop.Items.Count - loop.Index - 1L,
        ["first"] = static loop => loop.Index == 0,
        ["last"] = static loop => loop.Index == loop.Items.Count - 1,
        ["length"] = static loop => (long)loop.Items.Count,
        ["previtem"] = static loop => loop.Index > 0 ? loop.Items[loop.Index - 1] : Undefined.Instance,
        ["nextitem"] = static loop => loop.Index + 1 < loop.Items.Count ? loop.Items[loop.Index + 1] : Undefined.Instance,
    };

    /// <summary>A member; undefined when there is none.</summary>
    public object? Member(string name) => s_members.TryGetValue(name, out var member) ? member(this) : Undefined.Instance;
}
