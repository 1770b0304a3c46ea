/**
 * Models as ONNX (https://onnx.ai/onnx/repo-docs/IR.html, opset 13), a protobuf of their graph with the weights in it. The model is
 * given inputs as they stand, n x height x width x channels or n x values, and standardises them itself; it returns `logits`. The
 * card is the metadata `card`, as JSON.
 */

import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { floatBytes } from './safetensors.ts';
import { inputShape, layersOf, momentsOf, type Layer, type SavedModel } from './savedModel.ts';

const IR_VERSION = 8;
const OPSET = 13;
/** TensorProto.DataType and AttributeProto.AttributeType (onnx.proto). */
const FLOAT = 1;
const INTS = 7;
const INT = 2;

/** A message's fields, as onnx.proto numbers them. */
class Message {
  readonly #writer = new BinaryWriter();

  int(field: number, value: number): this {
    this.#writer.tag(field, WireType.Varint).int64(value);
    return this;
  }

  text(field: number, value: string): this {
    this.#writer.tag(field, WireType.LengthDelimited).string(value);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#writer.tag(field, WireType.LengthDelimited).bytes(value);
    return this;
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.finish());
  }

  messages(field: number, values: readonly Message[]): this {
    for (const value of values) this.message(field, value);
    return this;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#writer.finish();
  }
}

/** TensorProto. */
function tensor(name: string, shape: readonly number[], values: Float32Array): Message {
  const message = new Message();
  for (const size of shape) message.int(1, size);
  return message.int(2, FLOAT).text(8, name).bytes(9, floatBytes(values));
}

/** AttributeProto. */
function attribute(name: string, value: number | readonly number[]): Message {
  const message = new Message().text(1, name);
  if (typeof value === 'number') return message.int(3, value).int(20, INT);
  for (const each of value) message.int(8, each);
  return message.int(20, INTS);
}

/** NodeProto. */
function node(
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
) {
  const message = new Message();
  for (const input of inputs) message.text(1, input);
  return message
    .text(2, output)
    .text(3, output)
    .text(4, op)
    .messages(
      5,
      Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    );
}

/** ValueInfoProto of n arrays of floats. */
function value(name: string, shape: readonly number[]): Message {
  const sizes = [new Message().text(2, 'n'), ...shape.map((size) => new Message().int(1, size))];
  const type = new Message().message(1, new Message().int(1, FLOAT).message(2, new Message().messages(1, sizes)));
  return new Message().text(1, name).message(2, type);
}

/** A kernel x kernel x channels x outputs as ONNX has it: outputs x channels x kernel x kernel. */
function channelsFirst({ shape: [size = 0, , channels = 0, outputs = 0], kernel }: Layer): Float32Array {
  const area = size * size;
  return Float32Array.from({ length: kernel.length }, (_, i) => {
    const [o, c, position] = [Math.floor(i / (channels * area)), Math.floor(i / area) % channels, i % area];
    return kernel[(position * channels + c) * outputs + o]!;
  });
}

/** A graph that grows by one node after another. */
class Graph {
  readonly nodes: Message[] = [];
  readonly weights: Message[] = [];
  last = 'input';

  add(op: string, output: string, operands: readonly string[] = [], attributes: Parameters<typeof node>[3] = {}): void {
    this.nodes.push(node(op, [this.last, ...operands], output, attributes));
    this.last = output;
  }

  weight(name: string, shape: readonly number[], values: Float32Array): string {
    this.weights.push(tensor(name, shape, values));
    return name;
  }
}

function addBlock(graph: Graph, layer: Layer): void {
  const { name, shape, bias } = layer;
  const [size = 0, , channels = 0, outputs = 0] = shape;
  const kernel = graph.weight(`${name}.kernel`, [outputs, channels, size, size], channelsFirst(layer));
  graph.add('Conv', `${name}.convolution`, [kernel, graph.weight(`${name}.bias`, [outputs], bias)], { kernel_shape: [size, size] });
  graph.add('Relu', `${name}.relu`);
  graph.add('AveragePool', `${name}.pool`, [], { kernel_shape: [2, 2], strides: [2, 2] });
}

function addDense(graph: Graph, { name, shape, kernel, bias }: Layer, isLast: boolean): void {
  const operands = [graph.weight(`${name}.kernel`, shape, kernel), graph.weight(`${name}.bias`, [bias.length], bias)];
  graph.add('Gemm', isLast ? 'logits' : `${name}.product`, operands);
  if (!isLast) graph.add('Relu', `${name}.relu`);
}

export function toOnnx(model: SavedModel): Uint8Array<ArrayBuffer> {
  const { task, classes } = model.card;
  const { mean, std } = momentsOf(task);
  const layers = layersOf(model);
  const [blocks, dense] = [layers.filter(({ shape }) => shape.length === 4), layers.filter(({ shape }) => shape.length === 2)];
  const graph = new Graph();
  graph.add('Sub', 'centred', [graph.weight('mean', [mean.length], Float32Array.from(mean))]);
  graph.add('Div', 'standardised', [graph.weight('std', [std.length], Float32Array.from(std))]);
  if (blocks.length > 0) graph.add('Transpose', 'channels-first', [], { perm: [0, 3, 1, 2] });
  for (const block of blocks) addBlock(graph, block);
  if (blocks.length > 0) graph.add('Transpose', 'channels-last', [], { perm: [0, 2, 3, 1] });
  if (task.kind === 'images') graph.add('Flatten', 'flat', [], { axis: 1 });
  dense.forEach((layer, l) => addDense(graph, layer, l === dense.length - 1));
  const described = new Message()
    .messages(1, graph.nodes)
    .text(2, 'sparkmesh')
    .messages(5, graph.weights)
    .message(11, value('input', inputShape(task)))
    .message(12, value('logits', [classes.length]));
  return new Message()
    .int(1, IR_VERSION)
    .text(2, 'sparkmesh')
    .message(7, described)
    .message(8, new Message().text(1, '').int(2, OPSET))
    .message(14, new Message().text(1, 'card').text(2, JSON.stringify(model.card)))
    .finish();
}
