using DurableChat.Mcp.Tools;
using DurableChat.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Mcp;

/// <summary>Gives models the tools of MCP servers.</summary>
public static class McpDurableChatBuilderExtensions
{
    /// <summary>
    /// Connects to MCP servers when the host starts, and lets models call the allowed tools. If a server is
    /// unavailable, the connection is retried; meanwhile its tools return errors to the model. Call this once.
    /// </summary>
    /// <param name="builder">The builder that <c>AddDurableChat</c> returned.</param>
    /// <param name="configure">Sets the servers, e.g. by binding a configuration section.</param>
    /// <exception cref="ArgumentException">A setting is invalid.</exception>
    public static DurableChatBuilder AddMcp(this DurableChatBuilder builder, Action<McpOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new McpOptions();
        configure(options);
        if (options.Validate() is [_, ..] problems)
        {
            throw new ArgumentException(string.Join(' ', problems), nameof(configure));
        }

        builder.Services.AddSingleton(provider => new McpToolSource(options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton<IToolSource>(provider => provider.GetRequiredService<McpToolSource>());

        // Starts before turns are taken over, which may call tools, and stops after the worker's handover.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(provider => provider.GetRequiredService<McpToolSource>()));
        return builder;
    }
}
