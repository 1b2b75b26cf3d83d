using System.Runtime.CompilerServices;
using DurableChat.Chats;
using DurableChat.Integration.Tests.Http;
using DurableChat.Models;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Integration.Tests;

/// <summary>
/// A model that answers as providers do with all that they give: parts of all kinds, or an end without a word. Which
/// one, the user's last message says.
/// </summary>
internal sealed class PartsModel : IModelClient
{
    /// <summary>Asks for parts of all kinds.</summary>
    public const string All = "all kinds";

    /// <summary>Asks for an answer that reaches its token limit before its first word.</summary>
    public const string CutOff = "cut off";

    /// <summary>Asks for an answer that the provider withholds.</summary>
    public const string Withheld = "withheld";

    /// <summary>A picture, in base64.</summary>
    public const string Picture = "iVBORw0KGgo+/w==";

    /// <summary>What the answer with all kinds is made of, texts in pieces.</summary>
    public static IReadOnlyList<MessagePart> Pieces { get; } =
    [
        new ReasoningPart("hm"),
        new ProviderToolPart("web_search", "weather in Berlin"),
        new TextPart("It "),
        new TextPart("rains."),
        new SourcePart("https://example.com/a", "A"),
        new SourcePart("https://example.com/b"),
        new FilePart("image/png", Picture),
        new RefusalPart("I cannot "),
        new RefusalPart("say more."),
    ];

    /// <summary>What it costs.</summary>
    public static TokenUsage Usage { get; } =
        new(10, 20) { CacheReadTokens = 3, CacheWriteTokens = 4, ReasoningTokens = 5, Cost = 0.25m };

    /// <summary>A server whose model this is.</summary>
    public static Task<TestServer> StartServerAsync() => TestServer.StartWithAsync(builder =>
        builder.Services.AddSingleton(new ModelCatalog([new ModelDefinition("demo", new PartsModel(), null)])));

    public async IAsyncEnumerable<ModelUpdate> StreamAsync(
        ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        var asked = request.Prompt.OfType<UserItem>().Last().Parts.OfType<TextPart>().Single().Text;
        foreach (var part in asked == All ? Pieces : [])
        {
            yield return new PartUpdate(part);
        }

        yield return new UsageUpdate(Usage);
        yield return new EndUpdate(asked switch
        {
            CutOff => FinishReason.Length,
            Withheld => FinishReason.ContentFilter,
            _ => FinishReason.Stop,
        });
    }
}
