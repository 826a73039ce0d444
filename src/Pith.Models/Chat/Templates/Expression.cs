namespace Pith.Models.Chat.Templates;

/// <summary>A part of a template that has a value.</summary>
/// <param name="Place">Where it stands.</param>
internal abstract record Expression(SourcePlace Place)
{
    /// <summary>A value written out.</summary>
    public sealed record Literal(SourcePlace Place, object? Value) : Expression(Place);

    /// <summary>A variable.</summary>
    public sealed record Variable(SourcePlace Place, string Name) : Expression(Place);

    /// <summary>A list or tuple.</summary>
    public sealed record Items(SourcePlace Place, IReadOnlyList<Expression> Values) : Expression(Place);

    /// <summary>A mapping.</summary>
    public sealed record Mapping(SourcePlace Place, IReadOnlyList<(Expression Key, Expression Value)> Pairs) : Expression(Place);

    /// <summary><c>subject.name</c></summary>
    public sealed record Member(SourcePlace Place, Expression Subject, string Name) : Expression(Place);

    /// <summary><c>subject[key]</c></summary>
    public sealed record Item(SourcePlace Place, Expression Subject, Expression Key) : Expression(Place);

    /// <summary><c>subject[first:last:step]</c></summary>
    public sealed record Slice(
        SourcePlace Place, Expression Subject, Expression? First, Expression? Last, Expression? Step) : Expression(Place);

    /// <summary><c>subject(arguments)</c></summary>
    public sealed record Call(SourcePlace Place, Expression Subject, ArgumentList Arguments) : Expression(Place);

    /// <summary><c>subject | name(arguments)</c></summary>
    public sealed record Filter(SourcePlace Place, Expression Subject, string Name, ArgumentList Arguments) : Expression(Place);

    /// <summary><c>subject is name(arguments)</c></summary>
    public sealed record Test(
        SourcePlace Place, Expression Subject, string Name, ArgumentList Arguments, bool IsNegated) : Expression(Place);

    /// <summary>An operator with one operand: <c>-</c>, <c>+</c> or <c>not</c>.</summary>
    public sealed record Unary(SourcePlace Place, string Operator, Expression Operand) : Expression(Place);

    /// <summary>An operator with two operands.</summary>
    public sealed record Binary(SourcePlace Place, string Operator, Expression Left, Expression Right) : Expression(Place);

    /// <summary><c>first op second op third …</c></summary>
    public sealed record Comparison(
        SourcePlace Place, Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest) : Expression(Place);

    /// <summary><c>chosen if condition else otherwise</c></summary>
    public sealed record Choice(SourcePlace Place, Expression Condition, Expression Chosen, Expression? Otherwise) : Expression(Place);
}
