import { readHcl } from '../../../src/rehearsal/hcl';

test('blocks, their labels and their literal arguments are read; expressions are passed over', () => {
  const { values, blocks } = readHcl(`
    terraform {
      required_version = ">= 1.5"
      required_providers {
        aws  = { source = "hashicorp/aws", version = "~> 6.0" }
        helm = {
          source : "hashicorp/helm"
        }
      }
      backend "s3" { key = "shop.tfstate" }
    }
    locals {
      names = [for n in var.names : { name = "\${n}-\${var.tags["a"]}" } if n != "}"]
      on    = true
      size  = 3.5
      either = local.on ? "a" : "b"
    }
    resource "aws_s3_bucket" "lake" { bucket = "lake" }
    resource aws_vpc main {
      cidr_block = local.cidr
      tags = merge(local.tags, {
        Name = "main"
      })
      lifecycle { prevent_destroy = true }
    }
  `);
  expect(values).toEqual({});
  expect(blocks.map(({ type, labels }) => [type, ...labels].join(' '))).toEqual([
    'terraform',
    'locals',
    'resource aws_s3_bucket lake',
    'resource aws_vpc main',
  ]);
  expect(blocks[0]?.body.values).toEqual({ required_version: '>= 1.5' });
  expect(blocks[0]?.body.blocks).toEqual([
    {
      type: 'required_providers',
      labels: [],
      body: {
        values: { aws: { source: 'hashicorp/aws', version: '~> 6.0' }, helm: { source: 'hashicorp/helm' } },
        blocks: [],
      },
    },
    { type: 'backend', labels: ['s3'], body: { values: { key: 'shop.tfstate' }, blocks: [] } },
  ]);
  expect(blocks[1]?.body.values).toEqual({ on: true, size: 3.5 });
  expect(blocks[2]?.body.values).toEqual({ bucket: 'lake' });
  expect(blocks[3]?.body).toEqual({
    values: {},
    blocks: [{ type: 'lifecycle', labels: [], body: { values: { prevent_destroy: true }, blocks: [] } }],
  });
});

test('comments and long texts hide nothing and show nothing', () => {
  const { blocks } = readHcl(`
    # resource "a" "hash" {}
    // resource "a" "slashes" {}
    /* resource "a" "star" {
    } */
    resource "aws_iam_policy" "read" {
      policy = <<-EOT
        resource "a" "text" {}
        }
      EOT
      name   = "read" # }
      path   = "/a/\\"}/"
    }
    output "it" { value = aws_iam_policy.read.arn }
  `);
  expect(blocks.map(({ labels }) => labels.join('.'))).toEqual(['aws_iam_policy.read', 'it']);
  expect(blocks[0]?.body.values).toEqual({ name: 'read', path: '/a/\\"}/' });
});

test('what is broken is left for Terraform to tell', () => {
  expect(readHcl('resource "aws_vpc" "v" {\n  cidr_block = "10').blocks.map(({ labels }) => labels)).toEqual([
    ['aws_vpc', 'v'],
  ]);
  expect(readHcl('}}} = "').blocks).toEqual([]);
});
