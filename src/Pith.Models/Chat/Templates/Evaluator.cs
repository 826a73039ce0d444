namespace Pith.Models.Chat.Templates;

/// <summary>Finds the values of expressions.</summary>
internal sealed class Evaluator
{
    private readonly Renderer _renderer;

    /// <summary>Makes the evaluator.</summary>
    /// <param name="renderer">Who counts the steps and calls macros.</param>
    public Evaluator(Renderer renderer) => _renderer = renderer;

    /// <summary>The value of an expression.</summary>
    public object? Evaluate(Expression expression, Scope scope)
    {
        _renderer.Step(expression.Place);
        var value = expression switch
        {
            Expression.Literal literal => literal.Value,
            Expression.Variable variable => scope.Get(variable.Name),
            Expression.Items items => items.Values.Select(item => Evaluate(item, scope)).ToList(),
            Expression.Mapping mapping => EvaluateMapping(mapping, scope),
            Expression.Member member => GetMember(Evaluate(member.Subject, scope), member.Name, member.Place),
            Expression.Item item => GetItem(Evaluate(item.Subject, scope), Evaluate(item.Key, scope), item.Place),
            Expression.Slice slice => GetSlice(slice, scope),
            Expression.Call call => EvaluateCall(call, scope),
            Expression.Filter filter => TemplateFilters.Known[filter.Name](
                _renderer, Arguments(filter.Place, filter.Arguments, scope, [Evaluate(filter.Subject, scope)])),
            Expression.Test test => test.IsNegated != TemplateTests.Known[test.Name](
                Arguments(test.Place, test.Arguments, scope, [Evaluate(test.Subject, scope)])),
            Expression.Unary unary => EvaluateUnary(unary, scope),
            Expression.Binary binary => EvaluateBinary(binary, scope),
            Expression.Comparison comparison => EvaluateComparison(comparison, scope),
            Expression.Choice choice => TemplateValues.IsTrue(Evaluate(choice.Condition, scope))
                ? Evaluate(choice.Chosen, scope)
                : choice.Otherwise is null ? Undefined.Instance : Evaluate(choice.Otherwise, scope),
            _ => throw expression.Place.Unsupported(expression.GetType().Name),
        };
        _renderer.CountValue(value, expression.Place);
        return value;
    }

    private TemplateMap EvaluateMapping(Expression.Mapping mapping, Scope scope)
    {
        var map = new TemplateMap();
        foreach (var (key, value) in mapping.Pairs)
            map.Set(TemplateValues.Text(Evaluate(key, scope)), Evaluate(value, scope));
        return map;
    }

    private Arguments Arguments(SourcePlace place, ArgumentList arguments, Scope scope, IEnumerable<object?> first) => new(
        place,
        [.. first, .. arguments.Positional.Select(argument => Evaluate(argument, scope))],
        [.. arguments.Named.Select(argument => (argument.Name, Evaluate(argument.Value, scope)))]);

    private object? EvaluateCall(Expression.Call call, Scope scope)
    {
        if (call.Subject is Expression.Member member)
        {
            var subject = Evaluate(member.Subject, scope);
            var methods = subject is string ? TextMethods.Known : subject is TemplateMap ? MapMethods.Known : null;
            if (methods is not null && methods.TryGetValue(member.Name, out var method))
                return method(_renderer, Arguments(call.Place, call.Arguments, scope, [subject]));
            if (GetMember(subject, member.Name, member.Place) is not TemplateFunction inner)
                throw member.Place.Unsupported($"the method '{member.Name}' of {TemplateValues.Kind(subject)}");
            return inner(_renderer, Arguments(call.Place, call.Arguments, scope, []));
        }

        return Evaluate(call.Subject, scope) is TemplateFunction function
            ? function(_renderer, Arguments(call.Place, call.Arguments, scope, []))
            : throw call.Place.Failed(
                call.Subject is Expression.Variable variable
                    ? $"the function '{variable.Name}' is not known"
                    : "what is called is no function");
    }

    private static object? GetMember(object? subject, string name, SourcePlace place) => subject switch
    {
        Undefined => throw place.Failed($"looked for '{name}' in an undefined value"),
        null => Undefined.Instance,
        _ => MapMethods.Member(subject, name),
    };

    private static object? GetItem(object? subject, object? key, SourcePlace place) => (subject, key) switch
    {
        (Undefined, _) => throw place.Failed($"looked for '{TemplateValues.Text(key)}' in an undefined value"),
        (TemplateMap or TemplateNamespace or TemplateLoop, string name) => MapMethods.Member(subject, name),
        (IReadOnlyList<object?> items, long index) => At(items, index),
        (string text, long index) => At(text, index),
        _ => Undefined.Instance,
    };

    private static object? At(IReadOnlyList<object?> items, long index)
    {
        if (index < 0)
            index += items.Count;
        return index >= 0 && index < items.Count ? items[(int)index] : Undefined.Instance;
    }

    private static object? At(string text, long index)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0)
            return At([.. TemplateValues.Characters(text)], index);
        if (index < 0)
            index += text.Length;
        return index >= 0 && index < text.Length ? text[(int)index].ToString() : Undefined.Instance;
    }

    private object? GetSlice(Expression.Slice slice, Scope scope)
    {
        var subject = Evaluate(slice.Subject, scope);
        var items = subject is string text ? [.. TemplateValues.Characters(text)] : TemplateValues.Items(subject, slice.Place);
        var step = Bound(slice.Step, 1);
        if (step == 0)
            throw slice.Place.Failed("the step is zero");
        var count = items.Count;
        var (low, high) = step > 0 ? (0, count) : (-1, count - 1);
        var at = Limit(Bound(slice.First, step > 0 ? 0 : count - 1));
        var end = slice.Last is null ? (step > 0 ? high : low) : Limit(Bound(slice.Last, 0));
        var taken = new List<object?>();
        for (; step > 0 ? at < end : at > end; at += Math.Clamp(step, -count - 1, count + 1))
            taken.Add(items[(int)at]);
        return subject is string ? string.Concat(taken) : taken;

        long Bound(Expression? bound, long absent) => bound is null || Evaluate(bound, scope) is not { } value
            ? absent
            : value as long? ?? throw slice.Place.Failed($"expected a whole number in a slice, found {TemplateValues.Kind(value)}");

        long Limit(long bound) => Math.Clamp(bound < 0 ? bound + count : bound, low, high);
    }

    private object? EvaluateUnary(Expression.Unary unary, Scope scope)
    {
        var operand = Evaluate(unary.Operand, scope);
        return (unary.Operator, operand) switch
        {
            ("not", _) => !TemplateValues.IsTrue(operand),
            ("-", long integer) when integer != long.MinValue => -integer,
            ("-", double real) => -real,
            ("+", long or double) => operand,
            _ => throw unary.Place.Failed($"'{unary.Operator}' does not apply to {TemplateValues.Kind(operand)}"),
        };
    }

    private object? EvaluateBinary(Expression.Binary binary, Scope scope)
    {
        var left = Evaluate(binary.Left, scope);
        return binary.Operator switch
        {
            "and" => TemplateValues.IsTrue(left) ? Evaluate(binary.Right, scope) : left,
            "or" => TemplateValues.IsTrue(left) ? left : Evaluate(binary.Right, scope),
            _ => Operators.Apply(binary.Operator, left, Evaluate(binary.Right, scope), binary.Place),
        };
    }

    private bool EvaluateComparison(Expression.Comparison comparison, Scope scope)
    {
        var left = Evaluate(comparison.First, scope);
        foreach (var (sign, operand) in comparison.Rest)
        {
            var right = Evaluate(operand, scope);
            if (!Operators.Compare(sign, left, right, comparison.Place))
                return false;
            left = right;
        }

        return true;
    }
}
