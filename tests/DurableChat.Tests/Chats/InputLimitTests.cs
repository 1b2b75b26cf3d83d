using System.Text;
using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>What may be said at all. Sizes are bytes of UTF-8, whatever the characters.</summary>
public sealed class InputLimitTests
{
    private const int MaxBytes = 12;

    private static readonly DecisionContext _context =
        new(Given.Now, new ChatLimits { MaxMessageBytes = MaxBytes, MaxClientTools = 2, MaxClientToolBytes = MaxBytes });

    [Fact]
    public void Out_of_the_box_these_are_the_limits()
    {
        var limits = new ChatLimits();
        Assert.Equal((20, 262_144, 200, 32, 16_384), (limits.MaxQueue, limits.MaxMessageBytes, limits.MaxTitleLength, limits.MaxClientTools, limits.MaxClientToolBytes));
        Assert.Equal((1_048_576, 131_072), (limits.MaxQueueBytes, limits.MaxClientToolsBytes));
    }

    [Fact]
    public void The_tools_of_the_client_have_a_limit_in_sum()
    {
        var context = new DecisionContext(Given.Now, new ChatLimits { MaxClientToolsBytes = 12 });
        ClientTool[] tools = [new("ab", "é", "{}"), new("cd", "é", "{}")];
        Given.Accept(ChatRules.Decide(Given.Create() with { ClientTools = tools }, context));
        var refusal = Given.Refuse(ChatRules.Decide(Given.Create() with { ClientTools = [.. tools, new("e", "", "")] }, context));
        Assert.Equal((RefusalCode.InvalidField, "client_tools"), (refusal.Code, refusal.Field));
        Assert.Equal("The client-side tools are larger than 12 bytes together.", refusal.Message);
    }

    public static TheoryData<string, bool> Texts() => new()
    {
        { new string('x', 12), true },
        { new string('x', 13), false },
        { "éééééé", true },
        { "éééééée", false },
        { "€€€€", true },
        { "€€€€€", false },
        { "😀😀😀", true },
        { "😀😀😀x", false },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_is_measured_in_bytes_wherever_it_comes_in(string text, bool fits)
    {
        Assert.Equal(fits, Encoding.UTF8.GetByteCount(text) <= MaxBytes);
        Assert.Equal(fits ? null : "content", FieldOf(ChatRules.Decide(Given.Create(text), _context)));
        Assert.Equal(fits ? null : "content", FieldOf(Decide(Given.Waiting(), new SendMessage(text))));
        Assert.Equal(fits ? null : "content", FieldOf(Decide(Given.Running(), new SendMessage(text))));
        Assert.Equal(fits ? null : "content", FieldOf(Decide(Given.Waiting(), new EditMessage(Given.UserMessage(), text))));
        Assert.Equal(fits ? null : "results[1].result", FieldOf(Decide(Given.RequiresAction(), new SubmitToolResults([Given.Ok(Given.Call), new ToolResultPart("call-2", text)]))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t\r\n\u00A0\u2003")]
    public void A_message_says_something(string? text)
    {
        Assert.Equal("content", FieldOf(ChatRules.Decide(Given.Create(text!), _context)));
        Assert.Equal("content", FieldOf(Decide(Given.Waiting(), new SendMessage(text!))));
        Assert.Equal("content", FieldOf(Decide(Given.Waiting(), new EditMessage(Given.UserMessage(), text!))));
    }

    [Fact]
    public void A_result_of_a_tool_may_be_empty() =>
        Assert.Null(FieldOf(Decide(Given.RequiresAction(), new SubmitToolResults([new ToolResultPart("call-1", string.Empty)]))));

    [Theory]
    [InlineData("a", null)]
    [InlineData("pick_A-1", null)]
    [InlineData("", "client_tools[0].name")]
    [InlineData("pick one", "client_tools[0].name")]
    [InlineData("pück", "client_tools[0].name")]
    [InlineData("pick.one", "client_tools[0].name")]
    public void A_tool_has_a_plain_name(string name, string? field) => Assert.Equal(field, FieldOf(WithTools(new ClientTool(name, string.Empty, "{}"))));

    [Fact]
    public void A_name_of_a_tool_has_at_most_64_characters()
    {
        Assert.Null(FieldOf(WithTools(new ClientTool(new string('x', 64), string.Empty, "{}"))));
        Assert.Equal("client_tools[0].name", FieldOf(WithTools(new ClientTool(new string('x', 65), string.Empty, "{}"))));
    }

    [Fact]
    public void Two_tools_differ_in_name_by_more_than_their_place()
    {
        Assert.Equal("client_tools[1].name", FieldOf(WithTools(new ClientTool("pick", string.Empty, "{}"), new ClientTool("pick", string.Empty, "{}"))));
        Assert.Null(FieldOf(WithTools(new ClientTool("pick", string.Empty, "{}"), new ClientTool("Pick", string.Empty, "{}"))));
    }

    [Fact]
    public void A_chat_has_at_most_so_many_tools_and_each_is_at_most_so_large()
    {
        var tools = Enumerable.Range(1, 3).Select(number => new ClientTool($"t{number}", string.Empty, "{}")).ToArray();
        Assert.Null(FieldOf(WithTools(tools[..2])));
        Assert.Equal("client_tools", FieldOf(WithTools(tools)));
        Assert.Null(FieldOf(WithTools(new ClientTool("pick", "€€€", "{ }"))));
        Assert.Equal("client_tools[0]", FieldOf(WithTools(new ClientTool("pick", "€€€x", "{ }"))));
    }

    [Fact]
    public void A_refused_creation_has_a_code_a_field_and_a_sentence()
    {
        var refusal = Given.Refuse(ChatRules.Decide(Given.Create(new string('x', 13)), _context));
        Assert.Equal(new Refusal(RefusalCode.InvalidField, "The text is larger than 12 bytes.", "content"), refusal);
    }

    private static Decision Decide(Chat chat, ChatCommand command) => ChatRules.Decide(chat, command, _context);

    private static Decision WithTools(params ClientTool[] tools) => ChatRules.Decide(Given.Create() with { ClientTools = tools }, _context);

    private static string? FieldOf(Decision decision) => decision switch
    {
        Decision.Refused { Refusal: { Code: RefusalCode.InvalidField, Field: var field } } => field,
        Decision.Accepted => null,
        _ => decision.ToString(),
    };
}
