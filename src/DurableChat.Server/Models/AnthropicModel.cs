using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using DurableChat.Models;
using Microsoft.Extensions.AI;

namespace DurableChat.Server.Models;

/// <summary>Anthropic's models.</summary>
internal static class AnthropicModel
{
    private const int DefaultMaxOutputTokens = 8192;

    /// <summary>The worker has its own limit on silence, which is per update; this one is for the whole call.</summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromHours(1);

    public static ModelDefinition Create(string name, ModelSettings settings)
    {
        var options = new ClientOptions
        {
            ApiKey = settings.FindKey() is { Length: > 0 } key ? key : "none",

            // The worker repeats failed calls itself, visibly.
            MaxRetries = 0,
            Timeout = _timeout,
            Handlers = [new AnswerLimitHandler(), new RetryAfterHandler()],
        };
        if (settings.Endpoint is { } endpoint)
        {
            options = options with { BaseUrl = endpoint.ToString().TrimEnd('/') };
        }

#pragma warning disable CA2000 // The client lives as long as the process.
        var client = new AnthropicClient(options).AsIChatClient(settings.Model!, settings.MaxOutputTokens ?? DefaultMaxOutputTokens).AsBuilder().Use(inner => new WholeAnswers(inner)).Build();
#pragma warning restore CA2000
        return new ModelDefinition(name, client, settings.Description ?? settings.Model, MapError);
    }

    private static ModelFailure? MapError(Exception exception) => exception switch
    {
        AnthropicApiException failed => ModelErrors.OfStatus((int)failed.StatusCode),
        AnthropicSseException => ModelErrors.OfStatus(529),
        { InnerException: ModelException inner } => inner.Failure,
        _ => null,
    };

    /// <summary>The package's exceptions do not carry the header that says how long to wait, so it is read before they are made.</summary>
    private sealed class RetryAfterHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode && response.Headers.RetryAfter?.Delta is { } wait)
            {
                var status = (int)response.StatusCode;
                response.Dispose();
                throw new ModelException(ModelErrors.OfStatus(status, wait));
            }

            return response;
        }
    }
}
