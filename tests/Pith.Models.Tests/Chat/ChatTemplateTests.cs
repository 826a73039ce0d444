using Pith.Core.Diagnostics;
using Pith.Models.Chat;

namespace Pith.Models.Tests.Chat;

public sealed class ChatTemplateTests
{
    private static readonly ChatMessage[] s_turns =
    [
        new("system", "Be brief."), new("user", "Hi"), new("assistant", "Hello. "), new("user", " And you?"),
    ];

    [Fact]
    public void Render_ChatMlShape_WrapsEachTurn()
    {
        const string Template = """
            {% for message in messages %}
            {{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}
            {%- endfor %}
            {% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
            """;
        Assert.Equal(
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
            + "<|im_start|>assistant\nHello. <|im_end|>\n<|im_start|>user\n And you?<|im_end|>\n<|im_start|>assistant\n",
            Render(Template, s_turns));
        Assert.Equal("<|im_start|>user\na<|im_end|>\n", Render(Template, [new("user", "a")], generates: false));
    }

    [Fact]
    public void Render_Llama2Shape_PutsTheSystemTurnIntoTheFirstQuestion()
    {
        const string Template = """
            {% if messages[0].role == 'system' %}
                {% set rest = messages[1:] %}
                {% set system = '<<SYS>>\n' ~ messages[0].content ~ '\n<</SYS>>\n\n' %}
            {% else %}
                {% set rest = messages %}
                {% set system = '' %}
            {% endif %}
            {% for m in rest %}
                {% if (m.role == 'user') != (loop.index0 % 2 == 0) %}
                    {{ raise_exception('Turns must alternate.') }}
                {% endif %}
                {% set content = system ~ m.content if loop.first else m.content %}
                {% if m.role == 'user' %}
                    {{- bos_token + '[INST] ' + content | trim + ' [/INST]' -}}
                {% else %}
                    {{- ' ' + content | trim + ' ' + eos_token -}}
                {% endif %}
            {% endfor %}
            """;
        Assert.Equal(
            "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello. </s><s>[INST] And you? [/INST]",
            Render(Template, s_turns));
        var error = Assert.Throws<PithException>(() => Render(Template, [new("assistant", "a")]));
        Assert.Equal(ModelsErrors.ChatTemplateRefused, error.Error);
        Assert.Contains("Turns must alternate.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_ZephyrShape_EndsEachTurnAndAsksForTheNext()
    {
        const string Template = """
            {% for message in messages %}
            {% if message['role'] == 'user' %}
            {{ '<|user|>\n' + message['content'] + eos_token }}
            {% elif message['role'] == 'system' %}
            {{ '<|system|>\n' + message['content'] + eos_token }}
            {% elif message['role'] == 'assistant' %}
            {{ '<|assistant|>\n'  + message['content'] + eos_token }}
            {% endif %}
            {% if loop.last and add_generation_prompt %}
            {{ '<|assistant|>' }}
            {% endif %}
            {% endfor %}
            """;
        Assert.Equal(
            "<|system|>\nBe brief.</s>\n<|user|>\nHi</s>\n<|assistant|>\nHello. </s>\n<|user|>\n And you?</s>\n<|assistant|>\n",
            Render(Template, s_turns));
    }

    [Fact]
    public void Render_ThinkingShape_CutsThoughtsAndRemembersAcrossTheLoop()
    {
        const string Template = """
            {%- macro turn(role, text='') %}[{{ role }}]{{ text }}{% endmacro -%}
            {%- set seen = namespace(users=0) -%}
            {%- for m in messages -%}
            {%- if m.role == 'user' %}{% set seen.users = seen.users + 1 %}{% endif -%}
            {%- set parts = m.content.split('</think>') -%}
            {{ turn(m.role, parts[-1].lstrip('\n')) }}
            {%- endfor -%}
            {{ turn('n', text=seen.users) }}{{ turn('off') if not think is defined or not think }}
            """;
        var turns = new ChatMessage[] { new("user", "a"), new("assistant", "<think>x</think>\n\nb"), new("user", "c") };
        Assert.Equal("[user]a[assistant]b[user]c[n]2[off]", Render(Template, turns));
        var inputs = Inputs(turns, true) with { Variables = new Dictionary<string, object?> { ["think"] = true } };
        Assert.Equal("[user]a[assistant]b[user]c[n]2", ChatTemplate.Parse(Template).Render(inputs));
    }

    [Theory]
    [InlineData("a\n  {% if true %}\nb\n  {% endif %}\nc\n", "a\nb\nc")] // statements alone on their lines leave none
    [InlineData("a {%- if true -%} b {%- endif -%} c", "abc")]
    [InlineData("  {%+ if true %}x{% endif +%}\ny", "  x\ny")]
    [InlineData("a {# note #} b\n{# line #}\nc", "a  b\nc")]
    [InlineData("{{ 'x' }}\ny", "x\ny")] // a value keeps the line break after it
    [InlineData("  {{- 'x' -}}  \n y", "xy")]
    public void Render_WhiteSpace_IsTrimmedAsInJinjaWithBlocksTrimmed(string template, string expected) =>
        Assert.Equal(expected, Render(template, []));

    [Theory]
    [InlineData("{{ 1 + 2 * 3 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }}", "7 3 -4 2 3.5")]
    [InlineData("{{ 'a' ~ 1 ~ none ~ true }}", "a1NoneTrue")]
    [InlineData("{{ 'abcdef'[1:4] }}{{ 'abc'[::-1] }}{{ [1, 2, 3][-1] }}", "bcdcba3")]
    [InlineData("{{ not x }}{{ x is defined }}{{ x | default('d') }}[{{ x }}]", "TrueFalsed[]")]
    [InlineData("{{ 1 < 2 < 3 }}{{ 'a' not in ['b'] }}{{ 'k' in {'k': 1} }}", "TrueTrueTrue")]
    [InlineData("{% for i in range(6) if i is odd %}{{ i }}{{ ',' if not loop.last }}{% endfor %}", "1,3,5")]
    [InlineData("{% for i in range(9) %}{% if i == 1 %}{% continue %}{% elif i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}", "02")]
    [InlineData("{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %}", "a=1;b=2;")]
    [InlineData("{{ ['b', 'a'] | join('-') | upper }}{{ ' x '.strip() }}{{ 'ab'.startswith('a') }}", "B-AxTrue")]
    [InlineData("{{ {'a': [1, none, 'é\"']} | tojson }}", "{\"a\": [1, null, \"é\\\"\"]}")]
    [InlineData("{% set x %}in{% endset %}{{ x }}{% for i in [1] %}{% set x = 'lost' %}{% endfor %}{{ x }}", "inin")]
    [InlineData("{{ 'a' 'b' }}{{ \"\\u00e9\\n\" }}|", "abé\n|")]
    [InlineData("{{ 'é🦙x'[1] }}{{ 'é🦙x' | length }}", "🦙3")]
    public void Render_Expressions_MeanWhatTheyMeanInJinja(string template, string expected) =>
        Assert.Equal(expected, Render(template, []));

    [Fact]
    public void Render_Date_IsTheOneGivenOrUndefined()
    {
        const string Template = "{{ strftime_now('%d %b %Y') if strftime_now is defined else 'no date' }}";
        Assert.Equal("no date", Render(Template, []));
        var inputs = Inputs([], true) with { Now = new DateTime(2024, 7, 26, 0, 0, 0, DateTimeKind.Utc) };
        Assert.Equal("26 Jul 2024", ChatTemplate.Parse(Template).Render(inputs));
    }

    [Theory]
    [InlineData("{% if true %}", "PITH3220", "line 1, column 1")]
    [InlineData("a\n{{ 1 + }}", "PITH3220", "line 2, column 8")]
    [InlineData("{% endif %}", "PITH3220", "without its beginning")]
    [InlineData("{{ 'a }}", "PITH3220", "string does not end")]
    [InlineData("{# a", "PITH3220", "comment does not end")]
    [InlineData("{% break %}", "PITH3220", "no loop")]
    [InlineData("{% include 'x' %}", "PITH3221", "'include'")]
    [InlineData("{{ 'a' | pprint }}", "PITH3221", "'pprint'")]
    [InlineData("{{ 'a' is filter }}", "PITH3221", "'filter'")]
    [InlineData("{{ 'a'.format(1) }}", "PITH3221", "'format'")]
    [InlineData("{{ x.y }}", "PITH3224", "'y' in an undefined value")]
    [InlineData("{{ 'a' + 1 }}", "PITH3224", "a text and a number")]
    [InlineData("{{ 1 // 0 }}", "PITH3224", "division by zero")]
    [InlineData("{{ f() }}", "PITH3224", "'f' is not known")]
    [InlineData("{% set x.y = 1 %}", "PITH3224", "not a namespace")]
    public void Render_WrongTemplate_SaysWhatAndWhere(string template, string code, string part)
    {
        var error = Assert.Throws<PithException>(() => Render(template, []));
        Assert.Equal(code, error.Error.Code);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> HostileTemplates() =>
    [
        new string('(', 10_000),
        "{{ " + new string('(', 100_000) + " }}",
        "{{ " + string.Concat(Enumerable.Repeat("[", 50_000)) + " }}",
        "{{ " + string.Join('~', Enumerable.Repeat("1", 100_000)) + " }}",
        "{{ x" + string.Concat(Enumerable.Repeat("|trim", 40_000)) + " }}",
        "{{ " + string.Concat(Enumerable.Repeat("not ", 50_000)) + "x }}",
        string.Concat(Enumerable.Repeat("{% if true %}", 15_000)),
        "{{ 'aaaaaaaaaaaaaaaa' * 999999999 }}",
        "{{ range(99999999999)|list }}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% set n = namespace(t='aaaa') %}{% for i in range(99) %}{% set n.t = n.t + n.t %}{% endfor %}",
        "{% set n = namespace(t=[1]) %}{% for i in range(99) %}{% set n.t = [n.t, n.t] %}{% endfor %}{{ n.t }}",
        "{% set n = namespace(t=[1], u=[1]) %}{% for i in range(60) %}{% set n.t = [n.t, n.t] %}{% set n.u = [n.u, n.u] %}{% endfor %}{{ n.t == n.u }}",
        "{% set n = namespace(t=[1]) %}{% for i in range(60) %}{% set n.t = [n.t, n.t] %}{% endfor %}{{ n.t|tojson }}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% set l = range(99999)|list %}{% for i in l %}{{ 'x' in l }}{% endfor %}",
        "{% set t = 'a' * 9999999 %}{% for i in range(99999) %}{{ t|upper|length }}{% endfor %}",
        "{% set l = ['a' * 999999] * 2 %}{% for i in range(9) %}{% endfor %}{{ l }}",
        "{% set t = 'a' * 999999 %}{% set n = namespace(l=[t]) %}{% for i in range(15) %}{% set n.l = n.l + n.l %}{% endfor %}{{ n.l|map('upper')|list|length }}",
        "{{ 'a' * 9999 | replace('a', 'b' * 99999) }}{{ ('a' * 99999) | replace('a', 'b' * 9999) }}",
    ];

    [Theory]
    [MemberData(nameof(HostileTemplates), DisableDiscoveryEnumeration = true)]
    public void Render_HostileTemplate_EndsWithACodedError(string template)
    {
        // Text without tags is no error; everything else here is.
        if (!template.Contains('{', StringComparison.Ordinal))
        {
            Assert.Equal(template, Render(template, []));
            return;
        }

        var error = Assert.Throws<PithException>(() => Render(template, []));
        Assert.StartsWith("PITH322", error.Error.Code, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TemplateOverTheLimit_SaysSo()
    {
        var error = Assert.Throws<PithException>(() => ChatTemplate.Parse(new string('a', 300_000)));
        Assert.Equal(ModelsErrors.ChatTemplateTooLarge, error.Error);
    }

    private static string Render(string template, IReadOnlyList<ChatMessage> messages, bool generates = true) =>
        ChatTemplate.Parse(template.ReplaceLineEndings("\n")).Render(Inputs(messages, generates));

    private static ChatInputs Inputs(IReadOnlyList<ChatMessage> messages, bool generates) =>
        new() { Messages = messages, AddsGenerationPrompt = generates, BosToken = "<s>", EosToken = "</s>" };
}
