using System.Text;
using System.Text.Json.Nodes;
using DurableChat.Chats;
using DurableChat.Models;
using DurableChat.Providers.Http;
using DurableChat.Providers.Tests.Cases;
using Xunit;

namespace DurableChat.Providers.Tests.Http;

/// <summary>How JSON goes to providers.</summary>
public sealed class ProviderJsonTests
{
    [Fact]
    public void Its_options_are_complete_before_anybody_uses_them()
    {
        Assert.True(ProviderJson.Relaxed.IsReadOnly);
        Assert.NotNull(ProviderJson.Relaxed.TypeInfoResolver);
    }

    [Theory]
    [InlineData("""{"\ud83d":1,"type":"a"}""")]
    [InlineData("""{"a":[{"b\udc00":{}}]}""")]
    public void A_name_with_half_a_character_is_a_bad_answer(string data)
    {
        var failure = Assert.Throws<ModelException>(() => EventData.Read("", Encoding.UTF8.GetBytes(data)));
        Assert.Equal("model_bad_response", failure.Failure.Error.Code);
    }

    [Theory]
    [InlineData("""{"a\u0062":"\ud83d"}""")]
    [InlineData("""{"a":"\\ud83d"}""")]
    public void Half_a_character_in_a_value_is_not(string data) =>
        Assert.Single(EventData.Read("", Encoding.UTF8.GetBytes(data)).Values);

    /// <summary>Servers that ignore the wish for a stream answer as a whole.</summary>
    [Fact]
    public async Task Bad_bytes_in_a_whole_answer_spoil_no_more_than_themselves()
    {
        byte[] body = [.. """{"choices":[{"message":{"role":"assistant","content":"Blue """u8, 0xDD, .. """ whale."},"finish_reason":"stop"}]}"""u8];
        using var script = new Script(() => new HttpResponseMessage { Content = new ByteArrayContent(body) });
        var model = ProviderModels.Create(
            new ProviderOptions { Wire = ProviderWire.Chat, Model = "m", Key = "k", Endpoint = new Uri("http://provider.test/v1") },
            script);
        var outcome = await Outcome.ReadAsync(model, new ModelRequest { Prompt = [new UserItem([new TextPart("What?")])] });
        Assert.Null(outcome.Failure);
        Assert.Equal([new TextPart("Blue \uFFFD whale.")], outcome.Parts);
    }

    [Fact]
    public void Letters_stay_letters() => Assert.Equal("""{"a":"é<&>'"}""", ProviderJson.Write(new JsonObject { ["a"] = "é<&>'" }));
}
