using DurableChat.Providers.Tests.Cases;
using DurableChat.Providers.Tests.Chat;
using Xunit;

namespace DurableChat.Providers.Tests.Http;

/// <summary>Azure has its version in the path or in the query, and takes its key in a header of its own.</summary>
public sealed class AzureAddressTests
{
    [Theory]
    [InlineData("https://r.openai.azure.com", "", "https://r.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://r.openai.azure.com/openai", "", "https://r.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("https://r.openai.azure.com/openai/v1/", "preview", "https://r.openai.azure.com/openai/v1/chat/completions?api-version=preview")]
    [InlineData("https://r.openai.azure.com/openai", "preview", "https://r.openai.azure.com/openai/v1/chat/completions?api-version=preview")]
    [InlineData("https://r.openai.azure.com/openai/deployments/gpt", "2024-10-21", "https://r.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21")]
    [InlineData("https://r.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21", "", "https://r.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=2024-10-21")]
    [InlineData("https://r.services.ai.azure.com/models", "2024-05-01-preview", "https://r.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview")]
    [InlineData("https://gateway.test/openai/deployments/gpt/chat/completions?api-version=2024-10-21", "", "https://gateway.test/openai/deployments/gpt/chat/completions?api-version=2024-10-21")]
    public async Task Chat_completions_go_to_either_form_with_the_key_in_its_header(string endpoint, string version, string expected)
    {
        var seen = await SendAsync(ProviderWire.Chat, endpoint, version);
        Assert.Equal(expected, seen.RequestUri!.AbsoluteUri);
        Assert.Equal("secret", Assert.Single(seen.Headers.GetValues("api-key")));
        Assert.Null(seen.Headers.Authorization);
    }

    [Theory]
    [InlineData("https://r.openai.azure.com", "", "https://r.openai.azure.com/openai/v1/responses")]
    [InlineData("https://r.openai.azure.com/openai", "2025-04-01-preview", "https://r.openai.azure.com/openai/responses?api-version=2025-04-01-preview")]
    public async Task Responses_go_to_either_form_with_the_key_in_its_header(string endpoint, string version, string expected)
    {
        var seen = await SendAsync(ProviderWire.Responses, endpoint, version);
        Assert.Equal(expected, seen.RequestUri!.AbsoluteUri);
        Assert.Equal("secret", Assert.Single(seen.Headers.GetValues("api-key")));
    }

    [Theory]
    [InlineData("https://r.services.ai.azure.com")]
    [InlineData("https://r.services.ai.azure.com/anthropic")]
    public async Task Messages_go_to_their_own_path(string endpoint) =>
        Assert.Equal("https://r.services.ai.azure.com/anthropic/v1/messages", (await SendAsync(ProviderWire.Messages, endpoint, "")).RequestUri!.AbsoluteUri);

    [Fact]
    public async Task Others_get_their_version_and_their_key_as_before()
    {
        var seen = await SendAsync(ProviderWire.Chat, "https://g.test/openai", "2024-10-21");
        Assert.Equal("https://g.test/openai/v1/chat/completions?api-version=2024-10-21", seen.RequestUri!.AbsoluteUri);
        Assert.Equal("Bearer secret", seen.Headers.Authorization!.ToString());
    }

    private static async Task<HttpRequestMessage> SendAsync(ProviderWire wire, string endpoint, string version)
    {
        using var handler = new Recorder();
        var options = new ProviderOptions
        {
            Wire = wire,
            Model = "m",
            Key = "secret",
            Endpoint = new Uri(endpoint),
            Query = version.Length == 0 ? new Dictionary<string, string>() : new Dictionary<string, string> { ["api-version"] = version },
        };
        await Outcome.ReadAsync(ProviderModels.Create(options, handler), Chunks.Question);
        return handler.Seen!;
    }

    private sealed class Recorder : HttpMessageHandler
    {
        public HttpRequestMessage? Seen { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen = request;
            return Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.BadRequest));
        }
    }
}
