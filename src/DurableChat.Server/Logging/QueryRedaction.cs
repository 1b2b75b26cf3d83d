using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DurableChat.Server.Logging;

/// <summary>
/// Keeps tickets out of logs. At lower log levels, the host logs the whole URL of each request before any other code
/// sees it. Levels and providers are configurable, so only the factory of all loggers can remove tickets reliably.
/// </summary>
internal static class QueryRedaction
{
    private const string HostCategory = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public static void Add(IServiceCollection services) =>
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(provider => new Factory(new LoggerFactory(
            provider.GetServices<ILoggerProvider>(),
            provider.GetRequiredService<IOptionsMonitor<LoggerFilterOptions>>(),
            provider.GetRequiredService<IOptions<LoggerFactoryOptions>>(),
            provider.GetService<IExternalScopeProvider>()))));

    private sealed class Factory(LoggerFactory inner) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName == HostCategory
                ? new RedactedLogger(inner.CreateLogger(categoryName))
                : inner.CreateLogger(categoryName);

        public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

        public void Dispose() => inner.Dispose();
    }
}
