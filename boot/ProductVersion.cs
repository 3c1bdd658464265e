// SPDX-License-Identifier: MIT
namespace Hypervisor.Boot;

/// <summary>The product's version, as it introduces itself; Directory.Build.props has the same.</summary>
internal static class ProductVersion
{
    public const string Text = "0.1.0";
}
