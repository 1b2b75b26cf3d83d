using CsCheck;
using DurableChat.Chats;
using Xunit;

namespace DurableChat.Tests.Chats;

/// <summary>New chats, and the names they get.</summary>
public sealed class CreateTests
{
    [Fact]
    public void A_new_chat_begins_with_its_first_message_and_runs()
    {
        var created = Given.New(claimBy: null);
        Assert.Equal((0, 1, 1), (created.ExpectedVersion, created.Next.Version, created.Next.Epoch));
        Assert.Equal((ChatStatus.Running, 1, 1), (created.Next.Status, created.Next.LastMessageId, created.Next.LastAssignedId));
        Assert.Equal((1, 0, MessageRole.User, "hello"), (Assert.Single(created.Appended).Id, created.Appended[0].PreviousId, created.Appended[0].Role, created.Appended[0].Text()));
        Assert.False(created.RewritesHistory);
        Assert.Equal((Given.Now, Given.Now), (created.Next.CreatedAt, created.Next.UpdatedAt));
    }

    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("  two\r\n\t lines\u2028and \u00A0 more ", "two lines and more")]
    [InlineData("\u0000a\u0007b\u001b[31m", "a b [31m")]
    [InlineData("\u0001", "Chat")]
    [InlineData("\u0001 \u0002\u0003 \u0004", "Chat")]
    public void The_title_comes_from_the_words_of_the_first_message(string content, string title) =>
        Assert.Equal(title, Given.New(content: content).Next.Title);

    [Fact]
    public void A_long_message_gives_a_title_of_sixty_characters()
    {
        Assert.Equal(new string('x', 60), Title(new string('x', 60)));
        Assert.Equal($"{new string('x', 59)}…", Title(new string('x', 61)));
        Assert.Equal($"{new string('x', 58)}…", Title($"{new string('x', 58)} {new string('y', 9)}"));
    }

    [Fact]
    public void A_title_is_not_cut_within_a_character()
    {
        Assert.Equal($"{new string('x', 58)}…", Title($"{new string('x', 58)}😀😀"));
        Assert.Equal($"{new string('x', 57)}😀…", Title($"{new string('x', 57)}😀😀"));
        Assert.Equal("…", Title("😀😀", limit: 2));
    }

    [Theory]
    [InlineData(1, "…")]
    [InlineData(2, "h…")]
    [InlineData(5, "hello")]
    public void A_title_keeps_to_a_small_limit(int limit, string title) => Assert.Equal(title, Title("hello", limit));

    [Fact]
    public void Every_title_that_is_derived_could_have_been_given() =>
        Gen.Select(Arbitrary.Text, Gen.Int[4, 80]).Where(drawn => !string.IsNullOrWhiteSpace(drawn.Item1)).Sample((content, limit) =>
        {
            var context = new DecisionContext(Given.Now, new ChatLimits { MaxTitleLength = limit });
            var title = Given.Accept(ChatRules.Decide(Given.Create(content), context)).Next.Title;
            Assert.True(title.Length <= Math.Min(60, limit));
            Assert.Equal(title, Given.Accept(ChatRules.Decide(Given.Create() with { Title = title }, context)).Next.Title);
            Assert.True(title.EnumerateRunes().All(rune => rune.Value != 0xFFFD) || content.Contains('\uFFFD', StringComparison.Ordinal));
        });

    [Fact]
    public void A_title_that_was_given_is_taken_as_it_is() =>
        Assert.Equal(" My  chat ", Given.Accept(ChatRules.Decide(Given.Create() with { Title = " My  chat " }, Given.Context)).Next.Title);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("two\nlines")]
    [InlineData("nul\0")]
    public void A_title_that_is_blank_or_has_control_characters_is_refused_when_creating_and_when_renaming(string title)
    {
        Assert.Equal("title", Given.Refuse(ChatRules.Decide(Given.Create() with { Title = title }, Given.Context)).Field);
        Assert.Equal("title", Given.Refuse(Given.Waiting().Decide(new UpdateChat(title))).Field);
    }

    [Fact]
    public void A_title_may_be_as_long_as_the_limit_and_no_longer()
    {
        Given.Accept(Given.Waiting().Decide(new UpdateChat(new string('x', 200))));
        Assert.Equal("title", Given.Refuse(Given.Waiting().Decide(new UpdateChat(new string('x', 201)))).Field);
    }

    private static string Title(string content, int limit = 200) =>
        Given.Accept(ChatRules.Decide(Given.Create(content), new DecisionContext(Given.Now, new ChatLimits { MaxTitleLength = limit }))).Next.Title;
}
