using DurableChat.Models;
using DurableChat.Providers.Chat;
using DurableChat.Providers.Http;
using DurableChat.Providers.Messages;
using DurableChat.Providers.Responses;

namespace DurableChat.Providers;

/// <summary>Creates model clients for the protocols of providers.</summary>
public static class ProviderModels
{
    /// <summary>How long a connection is reused, so that a change of the address is noticed.</summary>
    private static readonly TimeSpan _connectionLifetime = TimeSpan.FromMinutes(5);

    private static readonly Uri _openAI = new("https://api.openai.com/v1");
    private static readonly Uri _anthropic = new("https://api.anthropic.com");

    /// <summary>
    /// The option in which a handler finds the model call of a request; null for a request outside of chats.
    /// </summary>
    public static readonly HttpRequestOptionsKey<ModelCallId?> CallOption = new("DurableChat.ModelCall");

    /// <summary>Creates a model client. It sends nothing until it is used.</summary>
    /// <param name="options">The model and how to reach it.</param>
    /// <param name="handler">Sends the requests; null for the network. It must live as long as the client.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">
    /// The endpoint is not an http or https address, or the model has no name.
    /// </exception>
    public static IModelClient Create(
        ProviderOptions options,
        HttpMessageHandler? handler = null,
        TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.Model))
        {
            throw new ArgumentException("Model is required: the provider's name of the model.", nameof(options));
        }

        if (options.Endpoint is { } given && (!given.IsAbsoluteUri || given.Scheme is not ("http" or "https")))
        {
            throw new ArgumentException("Endpoint must be an http or https address.", nameof(options));
        }

#pragma warning disable CA2000 // It lives as long as the process.
        var http = new HttpClient(handler ?? new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            PooledConnectionLifetime = _connectionLifetime,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore CA2000
        time ??= TimeProvider.System;
        if (options.Wire == ProviderWire.Chat)
        {
            return new ChatModel(options, http, time);
        }

        var (operation, endpoint) = options.Wire switch
        {
            ProviderWire.Responses => ("responses", _openAI),
            ProviderWire.Messages => ("messages", _anthropic),
            _ => throw new NotSupportedException($"The wire {options.Wire} is unknown."),
        };
        var address = ProviderAddress.Of(options.Endpoint ?? endpoint, operation, options.Query);
        var connection = new ProviderConnection(http, address, options, time);
        return options.Wire == ProviderWire.Responses
            ? new ResponsesModel(connection, Provider.Of(ResponsesModel.Wire, address, options), options)
            : new MessagesModel(connection, Provider.Of(MessagesModel.Wire, address, options), options);
    }
}
