using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using DurableChat.Models;
using Microsoft.Extensions.AI;
using OpenAI;

namespace DurableChat.Server.Models;

/// <summary>Models behind OpenAI's chat completions API: OpenAI itself, Ollama, vLLM, llama.cpp and many more.</summary>
internal static class OpenAIModel
{
    /// <summary>The worker has its own limit on silence, which is per update; this one is for the whole call.</summary>
    private static readonly TimeSpan _networkTimeout = TimeSpan.FromHours(1);

    /// <summary>An address that moves is noticed after so long.</summary>
    private static readonly TimeSpan _connectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>Makes it.</summary>
    /// <param name="name">What chats name it by.</param>
    /// <param name="settings">How it is configured.</param>
    /// <param name="handler">What carries its requests; null for the network.</param>
    public static ModelDefinition Create(string name, ModelSettings settings, HttpMessageHandler? handler = null)
    {
#pragma warning disable CA2000 // They live as long as the process.
        var http = new HttpClient(new AnswerLimitHandler(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = _connectionLifetime })) { Timeout = Timeout.InfiniteTimeSpan };
        var options = new OpenAIClientOptions
        {
            // The worker repeats failed calls itself: visibly, and only after it has cleared the first answer from the screens.
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = _networkTimeout,
            Transport = new HttpClientPipelineTransport(http),
        };
#pragma warning restore CA2000

        if (settings.Endpoint is { } endpoint)
        {
            options.Endpoint = endpoint;
        }

        // Local servers ask for no key, but the package insists on one.
        var key = settings.FindKey() is { Length: > 0 } found ? found : "none";
        var client = new OpenAIClient(new ApiKeyCredential(key), options).GetChatClient(settings.Model).AsIChatClient().AsBuilder().Use(inner => new WholeAnswers(inner)).Build();
        return new ModelDefinition(
            name,
            settings.MaxOutputTokens is { } limit ? new ChatClientBuilder(client).ConfigureOptions(chat => chat.MaxOutputTokens ??= limit).Build() : client,
            settings.Description ?? settings.Model,
            MapError);
    }

    private static ModelFailure? MapError(Exception exception) =>
        exception is ClientResultException { Status: > 0 } failed ? ModelErrors.OfStatus(failed.Status, RetryAfter(failed)) : null;

    private static TimeSpan? RetryAfter(ClientResultException exception) =>
        exception.GetRawResponse()?.Headers.TryGetValue("Retry-After", out var text) == true
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
