namespace Pith.Models.Chat.Templates;

/// <summary>A part of a template that does something.</summary>
/// <param name="Place">Where it stands.</param>
internal abstract record Statement(SourcePlace Place)
{
    /// <summary>Writes text.</summary>
    public sealed record Text(SourcePlace Place, string Value) : Statement(Place);

    /// <summary>Writes a value.</summary>
    public sealed record Output(SourcePlace Place, Expression Value) : Statement(Place);

    /// <summary>Does the first branch whose condition holds; the last one's may be null for "else".</summary>
    public sealed record If(
        SourcePlace Place, IReadOnlyList<(Expression? Condition, IReadOnlyList<Statement> Body)> Branches) : Statement(Place);

    /// <summary>Does the body for every item.</summary>
    public sealed record For(
        SourcePlace Place,
        IReadOnlyList<string> Targets,
        Expression Items,
        Expression? Condition,
        IReadOnlyList<Statement> Body,
        IReadOnlyList<Statement> Otherwise) : Statement(Place);

    /// <summary>Sets variables.</summary>
    public sealed record Set(SourcePlace Place, IReadOnlyList<string> Targets, Expression Value) : Statement(Place);

    /// <summary>Sets a member of a namespace.</summary>
    public sealed record SetMember(SourcePlace Place, string Subject, string Name, Expression Value) : Statement(Place);

    /// <summary>Sets a variable to what the body writes.</summary>
    public sealed record SetBlock(SourcePlace Place, string Target, IReadOnlyList<Statement> Body) : Statement(Place);

    /// <summary>Defines a macro.</summary>
    public sealed record Macro(
        SourcePlace Place,
        string Name,
        IReadOnlyList<(string Name, Expression? Default)> Parameters,
        IReadOnlyList<Statement> Body) : Statement(Place);

    /// <summary>Does the body.</summary>
    public sealed record Group(SourcePlace Place, IReadOnlyList<Statement> Body) : Statement(Place);

    /// <summary>Leaves the loop.</summary>
    public sealed record Break(SourcePlace Place) : Statement(Place);

    /// <summary>Goes to the loop's next item.</summary>
    public sealed record Continue(SourcePlace Place) : Statement(Place);
}
