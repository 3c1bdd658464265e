// SPDX-License-Identifier: MIT
namespace Hypervisor.Tool.Symbols;

/// <summary>A function of an ELF: where it starts, its bytes (0 where assembly did not say), its name there.</summary>
internal readonly record struct ElfSymbol(ulong Address, ulong Size, string Name);
