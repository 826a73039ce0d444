using System.Runtime.CompilerServices;
using System.Text;

namespace Pith.Models.Chat.Templates;

/// <summary>Does the statements of a template, once.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class Renderer
{
    private readonly Scope _globals;
    private readonly Evaluator _evaluator;
    private readonly CancellationToken _cancellationToken;
    private StringBuilder _output = new();
    private int _steps;
    private long _work;
    private int _calls;

    /// <summary>Makes the renderer.</summary>
    /// <param name="variables">The variables that the template starts with.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public Renderer(Dictionary<string, object?> variables, CancellationToken cancellationToken)
    {
        _globals = new Scope(variables, null);
        _evaluator = new Evaluator(this);
        _cancellationToken = cancellationToken;
    }

    private enum Flow
    {
        Onward,
        Break,
        Continue,
    }

    /// <summary>The text that the statements write.</summary>
    public string Render(IReadOnlyList<Statement> statements)
    {
        Do(statements, _globals);
        return _output.ToString();
    }

    /// <summary>Counts a step, and sees that the stack has room for another level of nesting.</summary>
    public void Step(SourcePlace place)
    {
        if (++_steps > TemplateLimits.MaxSteps)
            throw place.TooLarge($"more than {TemplateLimits.MaxSteps} steps");
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw place.TooLarge("nested too deep");
        if (_steps % 1024 == 0)
            _cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Counts the work that a value stands for: that of making it, or of going through it.</summary>
    public void CountValue(object? value, SourcePlace place)
    {
        _work += value switch
        {
            string text => text.Length,
            IReadOnlyList<object?> items => items.Count * TemplateLimits.WorkPerItem,
            _ => 1,
        };
        if (_work > TemplateLimits.MaxWork)
            throw place.TooLarge("its work passes the limit");
    }

    private Flow Do(IReadOnlyList<Statement> statements, Scope scope)
    {
        foreach (var statement in statements)
        {
            var flow = Do(statement, scope);
            if (flow != Flow.Onward)
                return flow;
        }

        return Flow.Onward;
    }

    private Flow Do(Statement statement, Scope scope)
    {
        Step(statement.Place);
        switch (statement)
        {
            case Statement.Text text:
                Write(text.Value, text.Place);
                break;
            case Statement.Output output:
                Write(TemplateValues.Text(_evaluator.Evaluate(output.Value, scope)), output.Place);
                break;
            case Statement.If choice:
                return DoIf(choice, scope);
            case Statement.For loop:
                DoFor(loop, scope);
                break;
            case Statement.Group group:
                return Do(group.Body, scope);
            case Statement.Set set:
                Assign(set.Targets, _evaluator.Evaluate(set.Value, scope), scope, set.Place);
                break;
            case Statement.SetMember set:
                DoSetMember(set, scope);
                break;
            case Statement.SetBlock set:
                scope.Set(set.Target, Capture(set.Body, new Scope(scope)));
                break;
            case Statement.Macro macro:
                scope.Set(macro.Name, (TemplateFunction)((_, call) => Call(macro, call, scope)));
                break;
            case Statement.Break:
                return Flow.Break;
            case Statement.Continue:
                return Flow.Continue;
            default:
                throw statement.Place.Unsupported(statement.GetType().Name);
        }

        return Flow.Onward;
    }

    private void Write(string text, SourcePlace place)
    {
        if (_output.Length + (long)text.Length > TemplateLimits.MaxTextLength)
            throw place.TooLarge($"wrote more than {TemplateLimits.MaxTextLength} characters");
        _output.Append(text);
    }

    private string Capture(IReadOnlyList<Statement> body, Scope scope)
    {
        var outer = _output;
        _output = new StringBuilder();
        Do(body, scope);
        var text = _output.ToString();
        _output = outer;
        return text;
    }

    private Flow DoIf(Statement.If choice, Scope scope)
    {
        foreach (var (condition, body) in choice.Branches)
        {
            if (condition is null || TemplateValues.IsTrue(_evaluator.Evaluate(condition, scope)))
                return Do(body, scope);
        }

        return Flow.Onward;
    }

    private void DoFor(Statement.For loop, Scope scope)
    {
        var items = TemplateValues.Items(_evaluator.Evaluate(loop.Items, scope), loop.Place);
        if (loop.Condition is not null)
            items = [.. items.Where(item => Passes(loop, item, scope))];
        if (items.Count == 0)
        {
            Do(loop.Otherwise, new Scope(scope));
            return;
        }

        for (var i = 0; i < items.Count; i++)
        {
            Step(loop.Place);
            var inner = new Scope(scope);
            Assign(loop.Targets, items[i], inner, loop.Place);
            inner.Set("loop", new TemplateLoop(items, i));
            if (Do(loop.Body, inner) == Flow.Break)
                break;
        }
    }

    private bool Passes(Statement.For loop, object? item, Scope scope)
    {
        Step(loop.Place);
        var inner = new Scope(scope);
        Assign(loop.Targets, item, inner, loop.Place);
        return TemplateValues.IsTrue(_evaluator.Evaluate(loop.Condition!, inner));
    }

    private static void Assign(IReadOnlyList<string> targets, object? value, Scope scope, SourcePlace place)
    {
        if (targets.Count == 1)
        {
            scope.Set(targets[0], value);
            return;
        }

        var items = TemplateValues.Items(value, place);
        if (items.Count != targets.Count)
            throw place.Failed($"expected {targets.Count} values, found {items.Count}");
        for (var i = 0; i < items.Count; i++)
            scope.Set(targets[i], items[i]);
    }

    private void DoSetMember(Statement.SetMember set, Scope scope)
    {
        var value = _evaluator.Evaluate(set.Value, scope);
        if (scope.Get(set.Subject) is not TemplateNamespace space)
            throw set.Place.Failed($"'{set.Subject}' is not a namespace, so that its members cannot be set");
        space.Members.Set(set.Name, value);
    }

    private string Call(Statement.Macro macro, Arguments call, Scope scope)
    {
        if (++_calls > TemplateLimits.MaxCalls)
            throw call.Place.TooLarge($"macros call one another more than {TemplateLimits.MaxCalls} deep");
        if (call.Positional.Count > macro.Parameters.Count)
            throw call.Place.Failed($"'{macro.Name}' takes {macro.Parameters.Count} arguments, found {call.Positional.Count}");
        var inner = new Scope(scope);
        for (var i = 0; i < macro.Parameters.Count; i++)
        {
            var (name, absent) = macro.Parameters[i];
            var value = call.Get(i, name, Undefined.Instance);
            inner.Set(name, value is Undefined && absent is not null ? _evaluator.Evaluate(absent, inner) : value);
        }

        var text = Capture(macro.Body, inner);
        _calls--;
        return text;
    }
}
